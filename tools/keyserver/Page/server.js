// The key server, as its README has it ("Redeem", "For doors"). Nothing is kept by the browser's cache, and no cookie is sent.

const ANSWER_MS = 15000;

/** A link is asked about again after so long, in s, when the page is opened: lists for doors are as fresh as the last answer. */
const FRESH_S = 60;

export const bytesOf = (base64Text) => Uint8Array.from(atob(base64Text), (c) => c.charCodeAt(0));
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

const post = (address, headers, body) => fetch(address, {
  method: 'POST', headers, body, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(ANSWER_MS),
});

/** True when the server may have something newer for a link. */
export function wantsAnswer(link, now) {
  const due = [link.nextKeyAt, ...link.keys.map((key) => key.renewAt)].some((at) => at !== null && at <= now && at > link.askedAt);
  return due || link.askedAt + FRESH_S <= now;
}

/**
 * Redeems a link, or renews: the same token costs nothing more.
 * @returns {Promise<{kind: string, answer?: object}>} 'redeemed'; 'usedUp', 'unknown', 'ended'; 'away' when nobody answered for now.
 */
export async function redeem(link) {
  try {
    const response = await post(`./${link.code}`, { Authorization: `Bearer ${link.token}` });
    if (response.ok) {
      return { kind: 'redeemed', answer: (await response.json()).redeemed };
    }
    return { kind: { 403: 'usedUp', 404: 'unknown', 410: 'ended' }[response.status] ?? 'away' };
  } catch {
    return { kind: 'away' };
  }
}

/**
 * Asks what to bring to a door.
 * @param {{hello?: Uint8Array, carry?: Uint8Array}} visit what was read there the last time
 * @returns {Promise<Uint8Array[]|null>} none for a door that is no longer this phone's; null: nobody answered for now.
 */
export async function askErrands(token, doorId, { hello, carry }) {
  const body = JSON.stringify({ door_id: doorId, hello: hello && base64(hello), carry: carry && base64(carry) });
  const response = await post('../phone/door', { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body).catch(() => null);
  if (response === null || response.status >= 429) {
    return null;
  }
  return response.ok ? (await response.json()).blobs.map((b) => bytesOf(b.blob)) : [];
}

/** Posts the audit pages that were fetched at doors, and keeps what the server acknowledges. */
export async function postPages(wallet) {
  for (const [number, page] of await wallet.pages()) {
    const response = await post('../door/audit?way=phone', { 'Content-Type': 'application/octet-stream' }, page).catch(() => null);
    if (response === null || response.status >= 500) {
      return;
    }
    if (response.ok) {
      await keepAcknowledgement(wallet, new Uint8Array(await response.arrayBuffer()));
    }
    await wallet.dropPage(number);
  }
}

const keepAcknowledgement = (wallet, blob) => (blob.length > 0 ? wallet.keepAcknowledgement(blob) : null);
