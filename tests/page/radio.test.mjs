// What every radio keeps to: run against the one on navigator.bluetooth with a stand-in for the browser, and against the door that the other tests use.
import test, { mock } from 'node:test';
import assert from 'node:assert/strict';
import { browserRadio, RadioError } from '../../tools/keyserver/Page/radio.js';
import { HELLO, SERVICE, UNLOCK } from '../../tools/keyserver/Page/codec.js';
import { FakeDoor, FakeTime } from './fakes.mjs';

const failed = () => Promise.reject(Object.assign(new Error('GATT operation failed for unknown reason.'), { name: 'NotSupportedError' }));
const never = () => new Promise(() => {});

/** What a browser does, as far as a page sees it. `next` is what the next operation does. */
function standIn() {
  const state = { next: null, asked: null, connected: false };
  const operate = (value) => {
    const work = state.next ?? (async () => value);
    state.next = null;
    return work();
  };
  const characteristic = { readValue: () => operate(new DataView(Uint8Array.of(9, 1, 2, 9).buffer, 1, 2)), writeValueWithResponse: () => operate(undefined) };
  const gatt = {
    get connected() { return state.connected; },
    connect: () => operate(gatt).then(() => { state.connected = true; return gatt; }),
    disconnect: () => { state.connected = false; },
    getPrimaryService: async (uuid) => { assert.equal(uuid, SERVICE); return { getCharacteristic: async () => characteristic }; },
  };
  const bluetooth = { requestDevice: async (options) => { state.asked = options; return operate({ name: 'POOL', gatt }); } };
  return { state, bluetooth };
}

async function browserPlace() {
  const { state, bluetooth } = standIn();
  const place = await browserRadio(bluetooth).choose(['POOL']);
  return { place, fail: () => { state.next = failed; }, cut: () => { state.connected = false; } };
}

async function fakePlace() {
  const door = new FakeDoor(1, new FakeTime());
  let fault = null;
  door.faults = () => { const f = fault; fault = f === 'lost' ? f : null; return f; };
  return { place: door, fail: () => { fault = 'failed'; }, cut: () => { fault = 'lost'; } };
}

for (const [name, make] of [['navigator.bluetooth', browserPlace], ['the tests\' door', fakePlace]]) {
  test(`${name}: has a name, reads bytes of its own, writes, fails as failed or lost, and closes twice`, async () => {
    const { place, fail, cut } = await make();
    assert.equal(place.name, 'POOL');
    const link = await place.connect();
    assert.ok((await link.read(HELLO)) instanceof Uint8Array);
    await link.write(UNLOCK, new Uint8Array(77));
    fail();
    await assert.rejects(link.read(HELLO), (e) => e instanceof RadioError && e.kind === 'failed');
    await link.read(HELLO);
    cut();
    await assert.rejects(link.read(HELLO), (e) => e instanceof RadioError && e.kind === 'lost');
    link.close();
    link.close();
  });
}

test('the chooser is asked for the service and the exact names, and a read gives the value alone', async () => {
  const { state, bluetooth } = standIn();
  const place = await browserRadio(bluetooth).choose(['POOL', 'BATH']);
  assert.deepEqual(state.asked, { filters: [{ services: [SERVICE], name: 'POOL' }, { services: [SERVICE], name: 'BATH' }] });
  assert.deepEqual([...(await (await place.connect()).read(HELLO))], [1, 2]);
});

test('a door of another day is found by its name where the browser remembers doors, and nowhere else', async () => {
  const { bluetooth } = standIn();
  assert.equal(await browserRadio(bluetooth).known(['POOL']), null);
  const remembers = browserRadio({ ...bluetooth, getDevices: async () => [{ name: '', gatt: {} }, { name: 'BATH', gatt: {} }] });
  assert.equal((await remembers.known(['POOL', 'BATH'])).name, 'BATH');
  assert.equal(await remembers.known(['POOL']), null);
  assert.equal(await browserRadio({ getDevices: () => Promise.reject(new Error('no')) }).known(['POOL']), null);
});

test('what hangs ends by the radio\'s own clock: 5 s to connect, 2 s an operation', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { state, bluetooth } = standIn();
    const place = await browserRadio(bluetooth).choose(['POOL']);
    state.next = never;
    await assertLate(place.connect(), 5000);
    const link = await place.connect();
    state.next = never;
    await assertLate(link.write(UNLOCK, new Uint8Array(1)), 2000);
    state.next = never;
    await assertLate(link.read(HELLO), 2000);
  } finally {
    mock.timers.reset();
  }
});

async function assertLate(promise, ms) {
  let ended = null;
  promise.catch((e) => { ended = e.kind; });
  await new Promise(setImmediate);
  mock.timers.tick(ms - 1);
  await new Promise(setImmediate);
  assert.equal(ended, null);
  mock.timers.tick(1);
  await new Promise(setImmediate);
  assert.equal(ended, 'timeout');
}

test('why nothing was chosen', async () => {
  const cases = [
    ['NotFoundError', 'User cancelled the requestDevice() chooser.', 'nothing'], ['NotFoundError', 'Bluetooth adapter not available.', 'off'],
    ['NotFoundError', 'User denied the browser permission to scan for Bluetooth devices.', 'forbidden'], ['NotAllowedError', '', 'forbidden'], ['SecurityError', 'x', 'unsupported'],
  ];
  for (const [name, message, kind] of cases) {
    const radio = browserRadio({ requestDevice: () => Promise.reject(Object.assign(new Error(message), { name })) });
    await assert.rejects(radio.choose(['POOL']), (e) => e.kind === kind, message);
  }
});
