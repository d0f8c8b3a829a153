// What the phone keeps: links with their keys and lists, receipts, audit pages for the server, errands to doors. Credential keys are Web Crypto's:
// they sign, and no script gets their bytes. Everything is bounded.
import { Blob, importKey } from './codec.js';
import { bytesOf } from './server.js';

const MAX_LINKS = 8;
const MAX_RECEIPTS = 100;
const MAX_PAGES = 16;
const MAX_DOORS = 64;
const KEPT_AFTER_END_S = 7 * 86400;

const seconds = (text) => (text == null ? null : Math.floor(Date.parse(text) / 1000));
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** Opens the wallet, and asks the browser not to clear it. @param {() => number} now Unix seconds */
export async function openWallet(now) {
  const request = indexedDB.open('door-wallet', 2);
  request.onupgradeneeded = () => {
    const stores = { links: { keyPath: 'code' }, receipts: { autoIncrement: true }, pages: { autoIncrement: true }, doors: { keyPath: 'doorId' } };
    for (const name of Object.keys(stores).filter((n) => !request.result.objectStoreNames.contains(n))) {
      request.result.createObjectStore(name, stores[name]);
    }
  };
  const database = await done(request);
  navigator.storage?.persist?.().catch(() => false);
  return new Wallet(database, now);
}

class Wallet {
  #database;
  #now;

  constructor(database, now) {
    this.#database = database;
    this.#now = now;
  }

  /** The link of this code; made with a token of its own, and stored, before anybody asks the server: so a lost answer spends nothing. */
  async link(code) {
    const store = this.#store('links', 'readwrite');
    const known = await done(store.get(code));
    if (known !== undefined) {
      return known;
    }
    const token = Array.from(crypto.getRandomValues(new Uint8Array(32)), (b) => b.toString(16).padStart(2, '0')).join('');
    const link = { code, token, addedAt: this.#now(), keys: [], lists: [], expiresAt: null, nextKeyAt: null, askedAt: 0 };
    await done(store.put(link));
    await this.#tidy();
    return link;
  }

  /** All links, oldest first. */
  async links() {
    return (await done(this.#store('links').getAll())).sort((a, b) => a.addedAt - b.addedAt);
  }

  /** Keeps what the server gave for a link. @param {object} answer "redeemed" of the server's README */
  async keep(link, answer) {
    const keys = await Promise.all(answer.keys.map(keyOf));
    const lists = answer.lists.map((list) => ({
      scopeId: list.scope_id,
      body: bytesOf(list.body),
      tags: list.tags.map((tag) => ({ doorId: tag.door_id, tag: bytesOf(tag.tag) })),
    }));
    const look = answer.customization ?? null;
    const kept = { ...link, keys, lists, look, expiresAt: seconds(answer.expires_at), nextKeyAt: seconds(answer.next_key_at), askedAt: this.#now() };
    await done(this.#store('links', 'readwrite').put(kept));
    return kept;
  }

  /** Forgets a link that never gave a key. */
  forget(code) {
    return done(this.#store('links', 'readwrite').delete(code));
  }

  /** A door said, signed, that this credential is revoked. */
  async drop(credential) {
    const isOther = (key) => key.credential.join() !== credential.join();
    for (const link of await this.links()) {
      await done(this.#store('links', 'readwrite').put({ ...link, keys: link.keys.filter(isOther) }));
    }
  }

  /** Receipts, newest first: {at, door, kind, verdict, hello, unlock, result}. */
  async receipts() {
    return (await done(this.#store('receipts').getAll())).reverse();
  }

  addReceipt(receipt) {
    return this.#add('receipts', receipt, MAX_RECEIPTS);
  }

  addPage(page) {
    return this.#add('pages', page, MAX_PAGES);
  }

  /** Audit pages for the server: [number, bytes]. */
  async pages() {
    const store = this.#store('pages');
    const [numbers, pages] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
    return numbers.map((number, i) => [number, pages[i]]);
  }

  dropPage(number) {
    return done(this.#store('pages', 'readwrite').delete(number));
  }

  /** What is known of a door: hello and carry as they were read there, and the errands to run there. */
  async door(doorId) {
    return (await done(this.#store('doors').get(doorId))) ?? { doorId, errands: [] };
  }

  /** Of many doors those to ask the server about: who was asked about longest ago comes first. */
  async nextToAsk(doorIds, most) {
    const doors = await Promise.all(doorIds.map((doorId) => this.door(doorId)));
    return doors.sort((a, b) => (a.askedAt ?? 0) - (b.askedAt ?? 0)).slice(0, most).map((door) => door.doorId);
  }

  /** Of many doors those that were visited or asked about last are kept. */
  async keepDoor(door) {
    await done(this.#store('doors', 'readwrite').put({ ...door, at: this.#now() }));
    const doors = (await done(this.#store('doors').getAll())).sort((a, b) => b.at - a.at);
    await Promise.all(doors.slice(MAX_DOORS).map((old) => done(this.#store('doors', 'readwrite').delete(old.doorId))));
  }

  /** The newest acknowledgement for a door is the only one that it needs. */
  async keepAcknowledgement(blob) {
    const door = await this.door(new DataView(blob.buffer, blob.byteOffset).getUint32(1, true));
    await this.keepDoor({ ...door, errands: [...door.errands.filter((b) => b[0] !== Blob.acknowledgement), blob] });
  }

  #store(name, mode = 'readonly') {
    return this.#database.transaction(name, mode).objectStore(name);
  }

  async #add(name, value, most) {
    const store = this.#store(name, 'readwrite');
    await done(store.add(value));
    const numbers = await done(store.getAllKeys());
    await Promise.all(numbers.slice(0, Math.max(0, numbers.length - most)).map((number) => done(store.delete(number))));
  }

  async #tidy() {
    const links = await this.links();
    const over = links.filter((link) => link.expiresAt !== null && link.expiresAt + KEPT_AFTER_END_S < this.#now());
    const surplus = links.slice(0, Math.max(0, links.length - MAX_LINKS));
    await Promise.all([...over, ...surplus].map((link) => this.forget(link.code)));
  }
}

async function keyOf(key) {
  const doors = await Promise.all(key.doors.map(async (door) => ({
    doorId: door.door_id,
    name: door.name,
    formerNames: door.former_names ?? [],
    key: await importKey(bytesOf(door.credential_key)),
  })));
  return {
    scopeId: key.scope_id,
    credential: bytesOf(key.credential),
    notBefore: seconds(key.not_before),
    expiresAt: seconds(key.expires_at),
    renewAt: seconds(key.renew_at),
    endsAt: seconds(key.ends_at),
    floors: key.floors ?? null,
    doors,
  };
}
