// What a phone brings to a door and fetches there (PROTOCOL.md, section 7). Nothing here may keep a door shut: every failure is the end of carrying alone.
import { askPage, askSlice, Blob, CARRY, carryFrames, CarryState, ClockQuality, join, parseCarry, parseList } from './codec.js';

/** Bytes that may be brought before the unlock, and the time that carrying may take after it, in ms. */
export const SHARE_BYTES = 2560;
export const AFTER_MS = 3500;

/** Bytes of a blob in one frame: 17 fit every link; the larger fit where a whole Unlock does. */
const SMALL_FRAME = 17;
const LARGE_FRAME = 80;
const JUDGE_READS = 60;
const PAGE_BYTES = 2048;

/** The door need not be given such a blob again. */
const SETTLED = new Set([CarryState.accepted, CarryState.refused, CarryState.nothingNew, CarryState.taken]);

/**
 * What to bring before the unlock, in its order, and what after it: a floor reset, keys, the time, lists.
 * @param {Uint8Array[]} errands what the server gave for this door
 */
export function errandsFor(errands, lists, hello, scopeId) {
  const of = (type) => errands.filter((blob) => blob[0] === type);
  const time = hello.clockQuality === ClockQuality.proven ? [] : of(Blob.timeToken);
  const resets = of(Blob.floorReset);
  const lost = resets.length > 0 ? 1 : hello.listLost;
  const deltas = lost === 0 ? of(Blob.list) : [];
  return share([...resets, ...of(Blob.keyUpdate), ...time, ...listsFor(lists, { ...hello, listLost: lost }, scopeId).map((blob) => shorter(blob, deltas))]);
}

/** The list as a delta, should the server have given one that is as new. */
function shorter(blob, deltas) {
  const { scopeId, version } = parseList(blob);
  const isAsNew = (delta) => delta.scopeId === scopeId && delta.version >= version;
  return deltas.find((delta) => delta.length < blob.length && isAsNew(parseList(delta))) ?? blob;
}

/**
 * The lists that this door may lack, as blobs with its tag; that of the scope whose key is shown first. Which slot has which scope a phone does not
 * know: a version that no slot has is news, and where a list is lost each may be the one.
 * @param {{scopeId: number, body: Uint8Array, tags: {doorId: number, tag: Uint8Array}[]}[]} lists
 */
export function listsFor(lists, hello, scopeId) {
  const mine = lists.filter((list) => list.tags.some((t) => t.doorId === hello.doorId));
  const lacking = mine.filter((list) => hello.listLost !== 0 || !hello.listVersions.includes(parseList(list.body).version & 0xFFFF));
  lacking.sort((a, b) => (a.scopeId === scopeId ? 0 : 1) - (b.scopeId === scopeId ? 0 : 1));
  return lacking.map((list) => join(list.body, list.tags.find((t) => t.doorId === hello.doorId).tag));
}

/** Parts what fits the share before the unlock from what waits until after it. */
export function share(blobs) {
  const before = [];
  const after = [];
  let left = SHARE_BYTES;
  for (const blob of blobs) {
    (blob.length <= left ? before : after).push(blob);
    left -= blob.length <= left ? blob.length : 0;
  }
  return { before, after };
}

/**
 * Brings one blob.
 * @param {object} air read, write and wait of a session, as door.js has them
 * @returns {Promise<number>} the state of Carry that it ended in.
 */
export async function bring(air, blob, fitsOneWrite) {
  for (const frame of carryFrames(blob, fitsOneWrite ? LARGE_FRAME : SMALL_FRAME)) {
    await air.write(CARRY, frame);
  }
  return (await settled(air)).state;
}

/**
 * Brings blobs. Those that the door need not see again go into air.settled.
 * @param {(blob: Uint8Array) => Uint8Array|undefined} whole the whole list for a delta whose base the door lacks
 * @returns {Promise<boolean>} true when one of them was news to the door: then its Hello is another one.
 */
export async function bringAll(air, blobs, fitsOneWrite, whole = () => undefined, hasTime = () => true) {
  let isNews = false;
  for (const blob of blobs) {
    if (!hasTime()) {
      break;
    }
    let state = await bring(air, blob, fitsOneWrite);
    const instead = state === CarryState.baseMissing ? whole(blob) : undefined;
    state = instead === undefined ? state : await bring(air, instead, fitsOneWrite);
    isNews ||= state === CarryState.accepted || state === CarryState.taken;
    if (SETTLED.has(state)) {
      air.settled.push(blob);
    }
    if (state === CarryState.notAllowed) {
      break;
    }
  }
  return isNews;
}

/** What comes after a granted unlock, in its order: acknowledgements up, a page down, the lists that are left. */
export async function carryAfter(air, { errands, late, fitsOneWrite, keepPage, hasTime }) {
  const bringThese = (blobs) => bringAll(air, blobs, fitsOneWrite, undefined, hasTime);
  await bringThese(errands.filter((blob) => blob[0] === Blob.acknowledgement));
  if (hasTime()) {
    const page = await fetchPage(air, hasTime);
    if (page !== null) {
      await keepPage(page);
    }
  }
  await bringThese(late);
}

/** The oldest page that is not acknowledged. @returns {Promise<Uint8Array|null>} sealed for the server. */
export async function fetchPage(air, hasTime) {
  if ((await readStatus(air)).pages === 0) {
    return null;
  }
  await air.write(CARRY, askPage(0));
  if ((await settled(air)).state !== CarryState.pageReady) {
    return null;
  }
  const parts = [];
  for (let at = 0, size = 1; at < size;) {
    await air.write(CARRY, askSlice(at));
    const slice = parseCarry(await air.read(CARRY));
    if (!slice.isSlice || slice.offset !== at || slice.pageBytes > PAGE_BYTES || !hasTime()) {
      return null;
    }
    parts.push(slice.bytes);
    at += slice.bytes.length;
    size = slice.pageBytes;
  }
  const page = join(...parts);
  return page[0] === Blob.auditPage ? page : null;
}

async function settled(air) {
  let status = await readStatus(air);
  for (let i = 0; i < JUDGE_READS && (status.state === CarryState.judging || status.state === CarryState.receiving); i++) {
    await air.wait(50);
    status = await readStatus(air);
  }
  return status;
}

/** The last one is kept as it is: the server answers its challenge. */
async function readStatus(air) {
  const bytes = await air.read(CARRY);
  const status = parseCarry(bytes);
  air.status = status.isSlice ? air.status : bytes;
  return status;
}
