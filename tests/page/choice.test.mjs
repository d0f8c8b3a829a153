// The cases of PROTOCOL.md, "Choosing a door", read out of the document; and which key is shown.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { doorByName, doorBySticker, keyFor, living, namesOf, renewBefore } from '../../tools/keyserver/Page/choice.js';
import { listsFor, share } from '../../tools/keyserver/Page/carry.js';
import { messageAtRest, messageOf } from '../../tools/keyserver/Page/message.js';
import { Verdict } from '../../tools/keyserver/Page/codec.js';
import { list } from './fakes.mjs';

const doors = [{ doorId: 1, name: 'POOL', formerNames: ['BATH'] }, { doorId: 2, name: 'SAFE' }, { doorId: 3, name: 'GYM', formerNames: ['HALL'] }];
const key = (over = {}) => ({ doors, notBefore: 0, expiresAt: 200, floors: null, ...over });
const document = readFileSync(new URL('../../firmware/PROTOCOL.md', import.meta.url), 'utf8');
const cases = [...document.slice(document.indexOf('### Choosing a door')).split('\n### ')[0].matchAll(/^\| (name|sticker) \| (\w+) \| (\d+) \| (.*) \|$/gm)];

test('the cases are there', () => assert.ok(cases.length >= 9));

for (const [, by, what, said, does] of cases) {
  test(`${by} ${what}, Hello says ${said}: ${does}`, () => {
    const chosen = by === 'name' ? doorByName([key()], what) : doorBySticker([key()], Number(what));
    assert.equal(chosen === null ? 'does not connect' : chosen === Number(said) ? 'writes Unlock' : 'writes nothing: another door', does);
  });
}

test('a name that is now one door and was another is the one that has it; of two that had it neither', () => {
  assert.equal(doorByName([key({ doors: [...doors, { doorId: 4, name: 'BATH' }] })], 'bath'), 4);
  assert.equal(doorByName([key({ doors: [...doors, { doorId: 4, name: 'X', formerNames: ['BATH'] }] })], 'bath'), null);
});

test('the names to look for are each once', () => assert.deepEqual(namesOf([key(), key()]), ['POOL', 'BATH', 'SAFE', 'GYM', 'HALL']));

test('of several keys for a door: its kind first, then what is good now, then what lasts longer', () => {
  const over = key({ expiresAt: 50 });
  const now = key({ expiresAt: 150 });
  const longer = key({ expiresAt: 160 });
  const later = key({ notBefore: 120, expiresAt: 900 });
  const car = key({ floors: [1] });
  assert.equal(keyFor([car, over, now, later, longer], 1, false, 100), longer);
  assert.equal(keyFor([over, later], 1, false, 100), later);
  assert.equal(keyFor([now, car], 1, true, 100), car);
  assert.equal(keyFor([now], 9, false, 100), null);
});

test('last month\'s key is not shown beside a living one, and is where there is none', () => {
  const over = key({ expiresAt: 50 });
  assert.deepEqual(living([over, key()], 100), [key()]);
  assert.deepEqual(living([over], 100), [over]);
});

test('lists: the scope of the key first, each with the tag of this door, and no more than the share before the unlock', () => {
  const hello = { doorId: 1, listLost: 0, listVersions: [1] };
  const blobs = listsFor([list(70000, 1, 8), list(70001, 1, 7), list(1, 1, 9), list(70002, 2, 5)], hello, 7);
  assert.deepEqual(blobs.map((b) => [b[1], b.length, b[39]]), [[7, 40, 5], [8, 40, 5]]);
  assert.equal(listsFor([list(1, 1, 9)], { ...hello, listLost: 2 }, 7).length, 1);
  const parted = share([new Uint8Array(2000), new Uint8Array(600), new Uint8Array(500)]);
  assert.deepEqual([parted.before.map((b) => b.length), parted.after.map((b) => b.length)], [[2000, 500], [600]]);
});

test('what a guest is told', () => {
  const good = key({ notBefore: 10, expiresAt: 200 });
  const told = (verdict, clockQuality = 2) => messageOf({ kind: 'denied', verdict, detail: 3, clockQuality }, good, 100).kind;
  assert.deepEqual([Verdict.revoked, Verdict.expired, Verdict.wrongDoor, Verdict.noFloor, 99].map((v) => told(v)), ['revoked', 'expired', 'wrongDoor', 'noFloor', 'refused']);
  assert.equal(told(Verdict.expired, 1), 'clockUnknown');
  assert.equal(messageOf({ kind: 'denied', verdict: Verdict.expired, clockQuality: 0 }, key({ expiresAt: 50 }), 100).kind, 'expired');
  const rest = (links) => messageAtRest(links, 100).kind;
  const link = (keys, more = {}) => ({ keys, nextKeyAt: null, askedAt: 1, ...more });
  assert.deepEqual(
    [[], [link([])], [link([], { askedAt: 0 })], [link([], { nextKeyAt: 500 })], [link([good])], [link([key({ expiresAt: 50 })])], [link([key({ notBefore: 150 })])]].map(rest),
    ['empty', 'noRight', 'away', 'later', 'ready', 'over', 'notYet']);
});

test('a key that could live on is to be fetched anew from the middle of its time on, before it expires', () => {
  const HOUR = 3600;
  const now = 1_750_000_000;
  const key = { notBefore: now - HOUR, renewAt: now, expiresAt: now + 12 * HOUR, endsAt: now + 100 * HOUR };
  assert.equal(renewBefore([key], now - 1), null, 'half is not gone');
  assert.equal(renewBefore([key], now), key.expiresAt);
  assert.equal(renewBefore([key, { ...key, expiresAt: now + 2 * HOUR }], now), now + 2 * HOUR, 'the first of several');
  assert.equal(renewBefore([{ ...key, endsAt: key.expiresAt }], now), null, 'the stay ends with it');
  assert.equal(renewBefore([key], key.expiresAt), null, 'over');
  const later = { notBefore: now, renewAt: now, expiresAt: now + 24 * HOUR, endsAt: now + 100 * HOUR };
  assert.equal(renewBefore([later], now + 12 * HOUR - 1), null, 'fetched before its start: half of it is counted from there');
  assert.equal(renewBefore([later], now + 12 * HOUR), later.expiresAt);
  assert.equal(renewBefore([{ ...key, endsAt: undefined }], now), null, 'kept by an older page');
});
