// What a guest is told, as a kind of message: from what the wallet holds, and from how a walk ended. No DOM.
import { Verdict } from './codec.js';
import { doorsOf, living } from './choice.js';

const PROVEN = 2;

const BY_VERDICT = {
  [Verdict.busy]: 'busy', [Verdict.unsupportedCredential]: 'fetchAgain', [Verdict.generationRetired]: 'fetchAgain', [Verdict.listLost]: 'listLost',
  [Verdict.revoked]: 'revoked', [Verdict.notListed]: 'listLost', [Verdict.expired]: 'expired', [Verdict.notYetValid]: 'notYetValid',
  [Verdict.wrongDoor]: 'wrongDoor', [Verdict.noFloor]: 'noFloor', [Verdict.wrongOperation]: 'wrongDoor', [Verdict.strikeFault]: 'strikeFault',
};

/** How a walk ended, in a guest's terms. @param {object} told of door.js @param {object|null} key that was shown @param {number} now Unix seconds */
export function messageOf(told, key, now) {
  if (told.kind !== 'denied') {
    return told;
  }
  const kind = BY_VERDICT[told.verdict] ?? 'refused';
  const isGoodByPhone = key !== null && key.notBefore <= now && key.expiresAt > now;
  if ((kind === 'expired' || kind === 'notYetValid') && isGoodByPhone && told.clockQuality !== PROVEN) {
    return { kind: 'clockUnknown' };
  }
  return { kind, seconds: told.detail, minutes: told.detail, at: key?.notBefore };
}

/** What to say before a press. @param {object[]} links of the wallet @param {number} now Unix seconds */
export function messageAtRest(links, now) {
  const keys = living(links.flatMap((link) => link.keys), now);
  if (keys.length === 0) {
    return withoutKey(links, now);
  }
  const first = Math.min(...keys.map((key) => key.notBefore));
  const last = Math.max(...keys.map((key) => key.expiresAt));
  if (last <= now) {
    return { kind: 'over', at: last };
  }
  return first > now ? { kind: 'notYet', at: first } : { kind: 'ready', hasMany: doorsOf(keys).length > 1 };
}

function withoutKey(links, now) {
  const next = links.map((link) => link.nextKeyAt).filter((at) => at !== null && at > now);
  if (next.length > 0) {
    return { kind: 'later', at: Math.min(...next) };
  }
  return { kind: links.length === 0 ? 'empty' : links.every((link) => link.askedAt > 0) ? 'noRight' : 'away' };
}
