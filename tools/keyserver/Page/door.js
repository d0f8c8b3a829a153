// One intention of a person at one door (PROTOCOL.md, "One intention" and "A phone that sees no ATT codes"). No DOM, no storage.
import { ATTEMPT_ID, FormError, HELLO, isFromTheDoor, makeUnlock, parseHello, parseList, parseResult, RESULT, UNLOCK, Verdict } from './codec.js';
import { RadioError } from './radio.js';
import { keyFor } from './choice.js';
import { AFTER_MS, bringAll, carryAfter, errandsFor, listsFor, share } from './carry.js';

/** A person's press is one attempt id for so long, in ms; then the person is asked again. */
export const INTENTION_MS = 20000;

const RECONNECT_MS = 500;
const AGAIN_MS = 100;
const PENDING_MS = 3000;
const PENDING_WAIT_MS = 30;
const NO_HELLO_TRIES = 3;
const LIST_VERDICTS = new Set([Verdict.listLost, Verdict.notListed]);

/** Real time; tests have their own. */
export const realTime = { now: () => Date.now(), wait: (ms) => new Promise((done) => setTimeout(done, ms)) };

/** Ends the walk with what the person is told. */
class Outcome extends Error {
  constructor(kind, more = {}) {
    super(kind);
    this.told = { kind, ...more };
  }
}

/**
 * Asks a door to open, and never twice.
 * @param {object} ask
 * @param {{connect: () => Promise<object>}} ask.place what the person picked
 * @param {number} ask.doorId chosen before; nothing is tagged for another one
 * @param {object[]} ask.keys of the wallet
 * @param {object[]} ask.lists of the wallet
 * @param {Uint8Array[]} [ask.errands] what the server gave to bring to this door
 * @param {number[]} [ask.floors] asked for, should it be a car
 * @param {(told: object) => void} [ask.tell] hears of the opening at once, before anything is carried
 * @param {(page: Uint8Array) => Promise<void>} [ask.keepPage] keeps an audit page for the server
 * @param {(visit: {hello: Uint8Array, carry: Uint8Array|null, left: Uint8Array[]}) => Promise<void>} [ask.keepVisit] keeps what the server is to know of
 *   the door, and the errands that are left
 * @returns {Promise<object>} kind: 'open', 'denied', 'refused', 'noAnswer', 'anotherDoor', 'keysLost', 'newerDoor', 'noKey'; the receipt where the door signed.
 */
export async function openDoor(ask, time = realTime) {
  const walk = { ask, time, attemptId: crypto.getRandomValues(new Uint8Array(ATTEMPT_ID)), end: time.now() + INTENTION_MS, hasBrought: false, hasReturned: false, late: [], settled: [] };
  for (;;) {
    const told = await visit(walk);
    if (told !== null) {
      return told;
    }
    if (time.now() + RECONNECT_MS >= walk.end) {
      return { kind: 'noAnswer' };
    }
    await time.wait(RECONNECT_MS);
  }
}

/** One connection. @returns {Promise<object|null>} null: it broke, and the same attempt goes on over another one. */
async function visit(walk) {
  let link = null;
  try {
    link = await walk.ask.place.connect();
    const air = airOf(link, walk);
    const told = await exchange(walk, air);
    walk.ask.tell?.(told);
    await carryOn(walk, air, told);
    await keepVisit(walk, air, told);
    return told;
  } catch (e) {
    if (e instanceof Outcome) {
      return e.told;
    }
    if (e instanceof RadioError || e instanceof FormError) {
      return null;
    }
    throw e;
  } finally {
    link?.close();
  }
}

/** Read and write that are tried once more, whatever the error was: a page is not told which. A time-out or a lost link is the end of the session. */
function airOf(link, { time, settled }) {
  const twice = async (work) => {
    try {
      return await work();
    } catch (e) {
      if (e.kind !== 'failed') {
        throw e;
      }
      await time.wait(AGAIN_MS);
      return work();
    }
  };
  return { read: (uuid) => twice(() => link.read(uuid)), write: (uuid, bytes) => twice(() => link.write(uuid, bytes)), wait: time.wait, settled, status: null };
}

/** From Hello to a Result that says it all. */
async function exchange(walk, air) {
  let hello = await bringBefore(walk, air, await readHello(walk, air));
  for (let tries = 0; ; tries++) {
    const key = keyToShow(walk, hello);
    const unlock = await makeUnlock(key.signs, hello.bytes, key.credential, walk.attemptId, hello.isCar ? walk.ask.floors ?? [] : null);
    await air.write(UNLOCK, unlock);
    const bytes = await readResult(walk, air);
    const result = parseResult(bytes);
    if (result.isTagged) {
      const told = await believe(key, hello, unlock, bytes, result);
      if (!(await mayTryAgain(walk, air, told, hello))) {
        return told;
      }
    } else if (result.verdict !== Verdict.noHello || tries >= NO_HELLO_TRIES) {
      throw untagged(result);
    }
    hello = await readHello(walk, air);
  }
}

function untagged(result) {
  return result.verdict === Verdict.badVersion ? new Outcome('newerDoor', { version: result.detail }) : new Outcome('refused');
}

async function readHello(walk, air) {
  const hello = helloOf(await air.read(HELLO));
  if (hello.hasLostKeys) {
    throw new Outcome('keysLost');
  }
  if (hello.doorId !== walk.ask.doorId) {
    throw new Outcome('anotherDoor');
  }
  return hello;
}

function helloOf(bytes) {
  try {
    return parseHello(bytes);
  } catch (e) {
    throw e.version === undefined ? e : new Outcome('newerDoor', { version: e.version });
  }
}

function keyToShow(walk, hello) {
  const key = keyFor(walk.ask.keys, hello.doorId, hello.isCar, walk.time.now() / 1000);
  if (key === null) {
    throw new Outcome('noKey');
  }
  return { credential: key.credential, scopeId: key.scopeId, signs: key.doors.find((d) => d.doorId === hello.doorId).key };
}

const errandsLeft = ({ ask, settled }) => (ask.errands ?? []).filter((blob) => !settled.includes(blob));

const wholeLists = ({ ask }, hello) => listsFor(ask.lists, { ...hello, listLost: 1 }, 0);

/** Once an intention: a door that cannot take what is brought is still asked to open. */
async function bringBefore(walk, air, hello) {
  const { before, after } = errandsFor(errandsLeft(walk), walk.ask.lists, hello, keyToShow(walk, hello).scopeId);
  if (walk.hasBrought || before.length === 0) {
    return hello;
  }
  walk.late = after;
  walk.hasBrought = true;
  const whole = (delta) => wholeLists(walk, hello).find((blob) => parseList(blob).scopeId === parseList(delta).scopeId);
  return (await bringAll(air, before, hello.fitsOneWrite, whole)) ? readHello(walk, air) : hello;
}

async function readResult(walk, air) {
  const end = walk.time.now() + PENDING_MS;
  for (;;) {
    const bytes = await air.read(RESULT);
    if (parseResult(bytes).verdict !== Verdict.pending) {
      return bytes;
    }
    if (walk.time.now() >= end) {
      throw new RadioError('timeout');
    }
    await air.wait(PENDING_WAIT_MS);
  }
}

/** What a tagged Result says. A wrong tag is nothing read: somebody is in between. */
async function believe(key, hello, unlock, bytes, result) {
  if (!(await isFromTheDoor(key.signs, hello.bytes, unlock, bytes))) {
    throw new RadioError('failed');
  }
  const kind = result.verdict === Verdict.granted ? 'open' : 'denied';
  return { kind, ...result, clockQuality: hello.clockQuality, isCar: hello.isCar, credential: key.credential, receipt: { hello: hello.bytes, unlock, result: bytes } };
}

/** Busy: the same attempt when it may work. A list that the door lacks: brought, should it not have been; over another connection where it had no room. */
async function mayTryAgain(walk, air, told, hello) {
  if (told.verdict === Verdict.busy && walk.time.now() + told.detail * 1000 < walk.end && !walk.hasWaited) {
    walk.hasWaited = true;
    walk.ask.tell?.({ kind: 'waiting', seconds: told.detail });
    await air.wait(told.detail * 1000);
    return true;
  }
  if (LIST_VERDICTS.has(told.verdict) && !walk.hasBrought) {
    walk.hasBrought = true;
    const { before } = share(wholeLists(walk, hello));
    return bringAll(air, before, hello.fitsOneWrite);
  }
  if (LIST_VERDICTS.has(told.verdict) && walk.late.length > 0 && !walk.hasReturned) {
    walk.hasReturned = true;
    walk.hasBrought = false;
    throw new RadioError('lost');
  }
  return false;
}

/** After the person has the answer. What breaks here changes nothing of it. */
async function carryOn(walk, air, told) {
  const end = walk.time.now() + AFTER_MS;
  const { keepPage = async () => {} } = walk.ask;
  if (told.kind !== 'open') {
    return;
  }
  try {
    const { fitsOneWrite } = parseHello(told.receipt.hello);
    await carryAfter(air, { errands: errandsLeft(walk), late: walk.late, fitsOneWrite, keepPage, hasTime: () => walk.time.now() < end });
  } catch (e) {
    if (!(e instanceof RadioError || e instanceof FormError)) {
      throw e;
    }
  }
}

/** Only what a door answered itself is worth asking the server about. */
async function keepVisit(walk, air, told) {
  await walk.ask.keepVisit?.({ hello: told.receipt.hello, carry: air.status, left: errandsLeft(walk) });
}
