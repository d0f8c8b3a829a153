// The bytes of PROTOCOL.md, as a phone needs them. No DOM, no radio, no clock; Web Crypto does the HMACs.

/** The GATT service of a door (section 2), and its characteristics. */
export const SERVICE = '6d3f0000-8c1e-4b7a-9f52-d0a1c4e7b830';
export const HELLO = '6d3f0001-8c1e-4b7a-9f52-d0a1c4e7b830';
export const UNLOCK = '6d3f0002-8c1e-4b7a-9f52-d0a1c4e7b830';
export const RESULT = '6d3f0003-8c1e-4b7a-9f52-d0a1c4e7b830';
export const CARRY = '6d3f0004-8c1e-4b7a-9f52-d0a1c4e7b830';

/** The version of the protocol that is spoken here. */
export const VERSION = 1;

/** Bytes of an attempt id, of a credential, of a tag. */
export const ATTEMPT_ID = 8;
export const CREDENTIAL = 52;
export const TAG = 16;

/** Verdicts on the air (section 5). */
export const Verdict = Object.freeze({
  pending: 0, granted: 1, busy: 3, badVersion: 17, noHello: 19, refused: 32, unsupportedCredential: 48, generationRetired: 49, listLost: 50,
  revoked: 51, notListed: 53, expired: 54, notYetValid: 55, wrongDoor: 56, noFloor: 57, wrongOperation: 58, strikeFault: 59,
});

/** How sure a door is of the time (bits 0 and 1 of Hello's flags). */
export const ClockQuality = Object.freeze({ unknown: 0, restored: 1, proven: 2 });

/** Types of the blobs that are carried (section 6). */
export const Blob = Object.freeze({ list: 1, keyUpdate: 2, timeToken: 3, acknowledgement: 4, auditPage: 5, floorReset: 8 });

/** States of Carry (section 7). */
export const CarryState = Object.freeze({
  idle: 0, receiving: 1, judging: 2, accepted: 3, refused: 4, broken: 5, busy: 6, nothingNew: 7, baseMissing: 8, pageReady: 9, notAllowed: 10, taken: 11,
});

const OPERATION_UNLOCK = 1;
const OPERATION_FLOORS = 2;
const FRAGMENT_BYTES = 18;
const HELLO_BYTES = 27;
const MAX_SCOPES = 5;
const UNTAGGED_BYTES = 2;
const TAGGED_BYTES = 28;
const LIST_HEADER = 24;
const STATUS_BYTES = 21;
const SLICE_HEADER = 5;

/** Bytes that are none of PROTOCOL.md: whoever sent them is no door of this version. */
export class FormError extends Error {}

/** @param {Uint8Array[]} parts */
export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export function same(a, b) {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) {
    difference |= a[i] ^ b[i % Math.max(b.length, 1)];
  }
  return difference === 0;
}

const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const u16 = (bytes, at) => view(bytes).getUint16(at, true);
const u32 = (bytes, at) => view(bytes).getUint32(at, true);
const u24 = (bytes, at) => u16(bytes, at) | (bytes[at + 2] << 16);

function put16(value) {
  return Uint8Array.of(value & 255, (value >> 8) & 255);
}

function put32(value) {
  const bytes = new Uint8Array(4);
  view(bytes).setUint32(0, value, true);
  return bytes;
}

/** A credential key as Web Crypto holds it: it signs, and nobody gets it out again. */
export function importKey(bytes) {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

async function tagOf(key, label, ...parts) {
  const mac = await crypto.subtle.sign('HMAC', key, join(new TextEncoder().encode(label), ...parts));
  return new Uint8Array(mac).subarray(0, TAG);
}

/**
 * Reads Hello.
 * @param {Uint8Array} bytes
 * @throws {FormError} its length is none of a Hello, or it is not of version 1 (then with the version in it).
 */
export function parseHello(bytes) {
  if (bytes.length > 0 && bytes[0] !== VERSION) {
    throw Object.assign(new FormError(`the door speaks version ${bytes[0]}`), { version: bytes[0] });
  }
  const scopes = (bytes.length - HELLO_BYTES) / 2;
  if (!Number.isInteger(scopes) || scopes < 0 || scopes > MAX_SCOPES) {
    throw new FormError(`a Hello of ${bytes.length} bytes`);
  }
  const flags = bytes[25];
  return {
    bytes,
    doorId: u32(bytes, 1),
    floor: u32(bytes, 21),
    clockQuality: flags & 3,
    fitsOneWrite: (flags & 4) !== 0,
    hasLostKeys: (flags & 8) !== 0,
    hasAudit: (flags & 16) !== 0,
    isCar: (flags & 32) !== 0,
    listLost: bytes[26],
    listVersions: Array.from({ length: scopes }, (_, slot) => u16(bytes, HELLO_BYTES + 2 * slot)),
  };
}

/** @param {number[]} floors numbers 0 to 63 @returns {Uint8Array} 8 bytes, bit i = floor i */
export function floorMask(floors) {
  const mask = new Uint8Array(8);
  for (const floor of floors) {
    mask[floor >> 3] |= 1 << (floor & 7);
  }
  return mask;
}

/**
 * The frame that asks a door to open: 77 bytes, or 85 with floors.
 * @param {CryptoKey} key the credential key for this door
 * @param {Uint8Array} hello as it was read
 * @param {Uint8Array} credential 52 bytes
 * @param {Uint8Array} attemptId 8 bytes, of one intention of the person
 * @param {number[]|null} floors floors asked for at a car; null at a door
 */
export async function makeUnlock(key, hello, credential, attemptId, floors = null) {
  const operation = floors === null ? OPERATION_UNLOCK : OPERATION_FLOORS;
  const asked = floors === null ? new Uint8Array(0) : floorMask(floors);
  const untagged = join(Uint8Array.of((VERSION << 5) | operation), asked, credential, attemptId);
  const tag = await tagOf(key, 'dc1unlck', Uint8Array.of(hello.length), hello, Uint8Array.of(untagged.length), untagged);
  return join(untagged, tag);
}

/** An Unlock in fragments, for a link that does not take it whole. */
export function fragments(unlock) {
  const parts = [];
  for (let at = 0; at < unlock.length; at += FRAGMENT_BYTES) {
    const head = Uint8Array.of((VERSION << 5) | 16 | parts.length, unlock.length);
    parts.push(join(head, unlock.subarray(at, at + FRAGMENT_BYTES)));
  }
  return parts;
}

/**
 * Reads Result.
 * @param {Uint8Array} bytes
 * @throws {FormError} its length is none of a Result.
 */
export function parseResult(bytes) {
  switch (bytes.length) {
    case 1:
      return { verdict: Verdict.pending, isTagged: false, detail: 0 };
    case UNTAGGED_BYTES:
      return { verdict: bytes[0], isTagged: false, detail: bytes[1] };
    case TAGGED_BYTES:
      return { verdict: bytes[0], isTagged: true, detail: bytes[1], epoch: u32(bytes, 2), sequence: u32(bytes, 6), holdMs: u16(bytes, 10) };
    default:
      throw new FormError(`a Result of ${bytes.length} bytes`);
  }
}

/** True when a tagged Result is this door's own answer to this Unlock over this Hello. */
export async function isFromTheDoor(key, hello, unlock, result) {
  if (result.length !== TAGGED_BYTES) {
    return false;
  }
  const said = result.subarray(0, TAGGED_BYTES - TAG);
  const tag = await tagOf(key, 'dc1reslt', Uint8Array.of(hello.length), hello, Uint8Array.of(unlock.length), unlock, said);
  return same(tag, result.subarray(TAGGED_BYTES - TAG));
}

/** Scope and version of a list body. @throws {FormError} it is none. */
export function parseList(body) {
  if (body.length < LIST_HEADER || body[0] !== Blob.list) {
    throw new FormError('no list');
  }
  return { scopeId: u24(body, 1), version: u32(body, 4), base: u32(body, 8) };
}

/** The frames that carry a blob up. @param {number} frameBytes bytes of the blob in one frame: 17 fit every link */
export function carryFrames(blob, frameBytes = 17) {
  const frames = [join(Uint8Array.of(0x21, blob[0]), put16(blob.length))];
  for (let at = 0; at < blob.length; at += frameBytes) {
    frames.push(join(Uint8Array.of(0x22), put16(at), blob.subarray(at, at + frameBytes)));
  }
  return frames;
}

/** Asks for an audit page. @param {number} from sequence; 0 for the oldest that is not acknowledged */
export const askPage = (from) => join(Uint8Array.of(0x23), put32(from));

/** Asks for a slice of the page. */
export const askSlice = (offset) => join(Uint8Array.of(0x24), put16(offset));

/** Reads what Carry says: its status, or a slice of a page. @throws {FormError} neither. */
export function parseCarry(bytes) {
  if (bytes.length > SLICE_HEADER && bytes[0] === 0x24) {
    return { isSlice: true, offset: u16(bytes, 1), pageBytes: u16(bytes, 3), bytes: bytes.subarray(SLICE_HEADER) };
  }
  if (bytes.length !== STATUS_BYTES) {
    throw new FormError(`a status of ${bytes.length} bytes`);
  }
  return {
    isSlice: false, state: bytes[0], type: bytes[1], received: u16(bytes, 2), challenge: bytes.slice(4, 12), epoch: u32(bytes, 12),
    acknowledged: u32(bytes, 16), pages: bytes[20],
  };
}
