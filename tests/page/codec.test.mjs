// The page's codec against the worked vectors of PROTOCOL.md, both ways.
import test from 'node:test';
import assert from 'node:assert/strict';
import * as codec from '../../tools/keyserver/Page/codec.js';
import { hex, readVectors } from './vectors.mjs';

const vectors = readVectors('vectors');
const blobs = readVectors('vectors-blobs');
const cases = [...vectors.keys()].filter((n) => n.endsWith('.unlock')).map((n) => n.slice(0, -'.unlock'.length));
const attemptId = vectors.get('attempt-id');

/** Cases whose frame is altered on its way: what the phone made is another one. */
const altered = new Set(['bad-length', 'bad-version', 'bad-operation', 'bad-fragment', 'not-proven']);

/** Floors asked for, of the cases that ask for some. */
const floors = { 'granted-floors': [1, 2, 5], busy: [1, 2, 5], 'no-floor': [1] };

test('the vectors are there', () => assert.ok(cases.length >= 25 && attemptId.length === codec.ATTEMPT_ID));

for (const name of cases) {
  const get = (field) => vectors.get(`${name}.${field}`);

  test(`${name}: Hello is read`, () => {
    const hello = codec.parseHello(get('hello'));
    assert.equal(hello.doorId, name === 'keys-lost' ? 0 : 1);
    assert.equal(hello.isCar, vectors.has(`${name}.floors-wired`));
    assert.equal(hello.hasLostKeys, name === 'keys-lost');
    assert.equal(hello.listLost, name === 'list-lost' ? 1 : 0);
  });

  test(`${name}: Result is read, and believed only with its tag`, async () => {
    const result = codec.parseResult(get('result'));
    const key = await codec.importKey(get('credential-key'));
    assert.equal(result.isTagged, get('result').length === 28);
    assert.equal(await codec.isFromTheDoor(key, get('hello'), get('unlock'), get('result')), result.isTagged);
    for (let bit = 0; bit < 8 * get('result').length; bit++) {
      const wrong = get('result').slice();
      wrong[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(await codec.isFromTheDoor(key, get('hello'), get('unlock'), wrong), false, `bit ${bit}`);
    }
  });

  if (!altered.has(name)) {
    test(`${name}: the frame is made`, async () => {
      const key = await codec.importKey(get('credential-key'));
      assert.equal(hex(await codec.makeUnlock(key, get('hello'), get('credential'), attemptId, floors[name] ?? null)), hex(get('unlock')));
    });
  }
}

test('a frame in fragments', () => {
  const parts = codec.fragments(vectors.get('granted-floors.unlock'));
  assert.deepEqual(parts.map(hex), [0, 1, 2, 3, 4].map((i) => hex(vectors.get(`fragments.${i}`))));
});

test('a Hello of five scopes', () => {
  const hello = codec.parseHello(vectors.get('five-scopes.hello'));
  assert.deepEqual(hello.listVersions, [0x0001, 0, 0xABCD, 0, 0]);
  assert.equal(hello.listLost, 8);
});

test('a list names its scope and version', () => {
  const list = codec.parseList(vectors.get('revoked.list'));
  assert.deepEqual([list.scopeId, list.version, list.base], [0x00A1B2, 1749920057, 0]);
});

test('every other length is refused, and every other version by its number', () => {
  for (let length = 0; length < 64; length++) {
    const hello = new Uint8Array(length).fill(1);
    const isGood = length >= 27 && length <= 37 && length % 2 === 1;
    assert.equal(isGood, isRead(() => codec.parseHello(hello)), `Hello of ${length}`);
    assert.equal([1, 2, 28].includes(length), isRead(() => codec.parseResult(new Uint8Array(length))), `Result of ${length}`);
    assert.equal(length === 21, isRead(() => codec.parseCarry(new Uint8Array(length))), `status of ${length}`);
  }
  assert.throws(() => codec.parseHello(new Uint8Array(27).fill(2)), (e) => e instanceof codec.FormError && e.version === 2);
});

test('a blob is carried in frames that fit every link, and comes together again', () => {
  const blob = blobs.values().next().value;
  const list = Uint8Array.from({ length: 100 }, (_, i) => (i === 0 ? codec.Blob.list : i));
  for (const bytes of [blob, list]) {
    const [begin, ...data] = codec.carryFrames(bytes);
    assert.deepEqual([...begin], [0x21, bytes[0], bytes.length & 255, bytes.length >> 8]);
    assert.ok(data.every((frame) => frame.length <= 20 && frame[0] === 0x22));
    assert.equal(hex(codec.join(...data.map((frame) => frame.subarray(3)))), hex(bytes));
    data.reduce((at, frame) => {
      assert.equal(frame[1] | (frame[2] << 8), at);
      return at + frame.length - 3;
    }, 0);
  }
});

test('a page is asked for, and its slices are told from a status', () => {
  assert.equal(hex(codec.askPage(0x01020304)), '2304030201');
  assert.equal(hex(codec.askSlice(0x0102)), '240201');
  const slice = codec.parseCarry(Uint8Array.of(0x24, 240, 0, 0x40, 1, 7, 8));
  assert.deepEqual([slice.isSlice, slice.offset, slice.pageBytes, [...slice.bytes]], [true, 240, 320, [7, 8]]);
});

function isRead(read) {
  try {
    read();
    return true;
  } catch (e) {
    assert.ok(e instanceof codec.FormError, String(e));
    return false;
  }
}
