// The walk of one press against a door that loses, hangs, breaks and lies.
import test from 'node:test';
import assert from 'node:assert/strict';
import { openDoor } from '../../tools/keyserver/Page/door.js';
import { FakeDoor, FakeTime, list, makeKey } from './fakes.mjs';
import { Verdict } from '../../tools/keyserver/Page/codec.js';

async function rig(change = () => {}, ask = {}) {
  const time = new FakeTime();
  const door = new FakeDoor(1, time);
  change(door);
  const started = time.at;
  const heard = [];
  const told = await openDoor({ place: door, doorId: 1, keys: [await makeKey(1)], lists: [], tell: (t) => heard.push(t.kind), ...ask }, time);
  return { door, told, heard, took: time.at - started };
}

/** A fault at the n-th operation of a kind, once. */
const once = (what, fault, n = 1) => (door) => {
  let seen = 0;
  door.faults = (w) => (w === what && ++seen === n * (fault.startsWith('after:') ? 2 : 1) ? fault : null);
};

test('nothing to bring: one read, one write, one read, and the door is free again', async () => {
  const { door, told, heard } = await rig();
  assert.deepEqual(door.log.slice(0, 3), ['read Hello', 'write Unlock', 'read Result']);
  assert.equal(door.log.at(-1), 'close');
  assert.deepEqual([told.kind, told.holdMs, told.receipt.result.length, door.pulses, heard[0]], ['open', 5000, 28, 1, 'open']);
});

test('pending is read again, and after 3 s over another connection', async () => {
  const short = await rig((door) => { door.pending = 3; });
  assert.equal(short.door.log.filter((l) => l === 'read Result').length, 4);
  const long = await rig((door) => { door.pending = 60; });
  assert.deepEqual([long.told.kind, long.door.connections, long.door.pulses], ['open', 2, 1]);
});

for (const what of ['read Hello', 'write Unlock', 'read Result']) {
  for (const fault of ['failed', 'after:failed']) {
    test(`${what} ${fault}: the same once more, in the same session`, async () => {
      const { told, door } = await rig(once(what, fault));
      assert.deepEqual([told.kind, door.pulses, door.connections], ['open', 1, 1]);
    });
  }
  for (const fault of ['lost', 'timeout', 'after:lost', 'after:timeout']) {
    test(`${what} ${fault}: the same attempt over another connection, and one pulse`, async () => {
      const { told, door } = await rig(once(what, fault));
      assert.deepEqual([told.kind, door.pulses, door.connections], ['open', 1, 2]);
    });
  }
}

test('a door that never answers is asked for 20 s, and then the person', async () => {
  for (const [what, fault] of [['connect', 'lost'], ['read Hello', 'timeout'], ['read Result', 'timeout'], ['write Unlock', 'failed']]) {
    const { told, door, took } = await rig((d) => { d.faults = (w) => (w === what ? fault : null); });
    assert.equal(told.kind, 'noAnswer', what);
    assert.ok(took > 19000 && took <= 23000, `${what}: ${took} ms`);
    assert.ok(door.pulses <= 1);
  }
});

test('every Result lost: one attempt id, one pulse', async () => {
  const { door, told } = await rig((d) => { d.faults = (w) => (w === 'read Result' ? 'after:lost' : null); });
  assert.deepEqual([told.kind, door.accepted.size, door.pulses], ['noAnswer', 1, 1]);
  assert.ok(door.connections > 10);
});

test('a new press is a new attempt', async () => {
  const time = new FakeTime();
  const door = new FakeDoor(1, time);
  const ask = { place: door, doorId: 1, keys: [await makeKey(1)], lists: [] };
  await openDoor(ask, time);
  await openDoor(ask, time);
  assert.equal(door.accepted.size, 2);
});

test('another door id: nothing is written', async () => {
  const { told, door } = await rig((d) => { d.doorId = 2; });
  assert.equal(told.kind, 'anotherDoor');
  assert.ok(!door.log.some((l) => l.startsWith('write')));
});

test('lost keys, another version: nothing is written', async () => {
  assert.equal((await rig((d) => { d.flags |= 8; })).told.kind, 'keysLost');
});

test('no hello: read and written again, three times at most', async () => {
  const { told, door } = await rig((d) => { d.untagged = [19, 0]; });
  assert.deepEqual([told.kind, door.log.filter((l) => l === 'write Unlock').length], ['open', 2]);
});

test('an untagged refusal is a hint and no more', async () => {
  const { told } = await rig((d) => { d.untagged = [32, 0]; });
  assert.deepEqual([told.kind, told.receipt], ['refused', undefined]);
  assert.equal((await rig((d) => { d.untagged = [17, 2]; })).told.kind, 'newerDoor');
});

test('an untagged "revoked" or "expired" is not believed', async () => {
  for (const verdict of [Verdict.revoked, Verdict.expired]) {
    assert.equal((await rig((d) => { d.untagged = [verdict, 0]; })).told.kind, 'refused');
  }
});

test('a wrong tag is as if nothing had been read', async () => {
  const { told, heard } = await rig((d) => { d.wrongTag = true; });
  assert.deepEqual([told.kind, heard], ['noAnswer', []]);
});

test('tagged refusals are told with their detail and a receipt', async () => {
  const { told } = await rig((d) => { d.verdict = Verdict.notYetValid; d.detail = 12; });
  assert.deepEqual([told.kind, told.verdict, told.detail, told.receipt.result.length], ['denied', Verdict.notYetValid, 12, 28]);
});

test('busy: the same attempt when it may work, once', async () => {
  const { told, door, heard } = await rig((d) => { d.verdict = Verdict.busy; d.detail = 2; });
  assert.deepEqual([told.verdict, heard[0], door.log.filter((l) => l === 'write Unlock').length], [Verdict.busy, 'waiting', 2]);
});

test('a list that the door lacks comes before the unlock, and its Hello is read again', async () => {
  const { told, door } = await rig(() => {}, { lists: [list(70000, 1)] });
  const writes = door.log.filter((l) => l !== 'close');
  assert.deepEqual(writes.slice(0, 6), ['read Hello', 'write Carry', 'write Carry', 'read Carry', 'read Hello', 'write Unlock']);
  assert.deepEqual([told.kind, door.taken.length, door.taken[0].length], ['open', 1, 40]);
});

test('a list that the door has is not brought', async () => {
  const { door } = await rig((d) => { d.versions = [3, 70000 & 0xFFFF]; }, { lists: [list(70000, 1), list(5, 2)] });
  assert.equal(door.taken.length, 0);
});

test('a list that breaks on its way keeps no door shut', async () => {
  for (const fault of ['lost', 'timeout', 'failed']) {
    const { told, door } = await rig((d) => { d.faults = (w) => (w === 'write Carry' ? fault : null); }, { lists: [list(70000, 1)] });
    assert.deepEqual([told.kind, door.pulses, door.connections], ['open', 1, 2], fault);
  }
});

test('after the unlock: acknowledgements up, a page down, what did not fit', async () => {
  const pages = [];
  const large = list(80000, 1, 8, 2040);
  const small = list(70000, 1, 7, 600);
  const acknowledgement = new Uint8Array(39).fill(4);
  const { door, told } = await rig((d) => { d.page = Uint8Array.from({ length: 500 }, (_, i) => (i === 0 ? 5 : i & 255)); },
    { lists: [small, large], errands: [acknowledgement], keepPage: async (p) => pages.push(p) });
  assert.equal(told.kind, 'open');
  assert.deepEqual(door.taken.map((b) => b.length), [640, 39, 2080]);
  assert.deepEqual([...pages[0]], [...door.page]);
});

/** Errands as the server gives them: by their first byte. */
const errand = (type, size) => new Uint8Array(size).fill(type);

function delta(version, base, scopeId = 7) {
  const { body } = list(version, 1, scopeId);
  new DataView(body.buffer).setUint32(8, base, true);
  return new Uint8Array([...body, ...new Uint8Array(16)]);
}

test('errands before the unlock: keys, time, lists, and what follows stays in its order', async () => {
  const kept = [];
  const errands = [errand(4, 39), errand(3, 35), errand(2, 121), delta(70000, 3)];
  const { door, told } = await rig((d) => { d.flags = 5; }, { errands, lists: [list(70000, 1, 7, 100)], keepVisit: async (v) => kept.push(v) });
  assert.deepEqual([told.kind, door.taken.map((b) => b[0]), door.taken[2].length], ['open', [2, 3, 1, 4], 40]);
  const [visit] = kept;
  assert.deepEqual([visit.left, [...visit.hello], visit.carry.length], [[], [...told.receipt.hello], 21]);
});

test('a door whose clock is proven is brought no time, and the errand is left', async () => {
  const kept = [];
  const { door } = await rig(() => {}, { errands: [errand(3, 35)], keepVisit: async (v) => kept.push(v) });
  assert.deepEqual([door.taken.length, kept[0].left.length], [0, 1]);
});

test('a delta whose base the door lacks is followed by the whole list', async () => {
  const { door, told } = await rig((d) => { d.lacksBase = true; }, { errands: [delta(70000, 3)], lists: [list(70000, 1, 7, 100)] });
  assert.deepEqual([told.kind, door.taken.map((b) => b.length)], ['open', [40, 140]]);
});

test('a door that lost its list is brought the whole one, and an older delta is left where it is', async () => {
  const lost = await rig((d) => { d.listLost = 1; }, { errands: [delta(70000, 3)], lists: [list(70000, 1, 7, 100)] });
  assert.deepEqual(lost.door.taken.map((b) => b.length), [140]);
  const older = await rig(() => {}, { errands: [delta(60000, 3)], lists: [list(70000, 1, 7, 100)] });
  assert.deepEqual(older.door.taken.map((b) => b.length), [140]);
});

test('a list that had no room before the unlock and is wanted comes over another connection, once', async () => {
  const refusing = (d) => { d.verdict = Verdict.listLost; d.listLost = 1; };
  const { door, told } = await rig(refusing, { errands: [errand(2, 681)], lists: [list(70000, 1, 7, 2000)] });
  assert.deepEqual([told.kind, door.connections, door.pulses, door.taken.map((b) => b[0])], ['open', 2, 1, [2, 1]]);
});

test('nothing is fetched from a door that refused, and what breaks after the unlock changes nothing', async () => {
  const refused = await rig((d) => { d.verdict = Verdict.revoked; d.page = new Uint8Array(9).fill(5); });
  assert.ok(!refused.door.log.some((l) => l.endsWith('Carry')));
  const broken = await rig((d) => { d.faults = (w) => (w === 'read Carry' ? 'lost' : null); });
  assert.deepEqual([broken.told.kind, broken.door.connections], ['open', 1]);
});

test('floors go to a car alone', async () => {
  const keys = [await makeKey(1, { floors: [2, 3] })];
  const car = await rig((d) => { d.flags |= 32; }, { keys, floors: [3] });
  assert.deepEqual([car.told.kind, car.told.receipt.unlock.length, car.told.receipt.unlock[1]], ['open', 85, 8]);
  assert.equal((await rig(() => {}, { floors: [3] })).told.receipt.unlock.length, 77);
});
