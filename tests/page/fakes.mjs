// A door in the air without a browser: it answers as PROTOCOL.md says, with real tags, and breaks where a test tells it to.
import * as codec from '../../tools/keyserver/Page/codec.js';
import { RadioError } from '../../tools/keyserver/Page/radio.js';

const { HELLO, UNLOCK, RESULT, CARRY } = codec;
const label = (text) => new TextEncoder().encode(text);

/** Time that moves only when somebody waits. */
export class FakeTime {
  at = 1_750_000_000_000;
  now = () => this.at;
  wait = async (ms) => {
    this.at += ms;
  };
}

/** Key, credential and wallet of one door. */
export async function makeKey(doorId, { floors = null, name = 'POOL', scopeId = 7 } = {}) {
  const key = await codec.importKey(new Uint8Array(32).fill(doorId));
  return { scopeId, credential: new Uint8Array(52).fill(9), notBefore: 1_700_000_000, expiresAt: 1_800_000_000, renewAt: 1_780_000_000, floors, doors: [{ doorId, name, formerNames: [], key }] };
}

export const list = (version, doorId, scopeId = 7, size = 0) => {
  const body = new Uint8Array(24 + size);
  body[0] = 1;
  body[1] = scopeId;
  new DataView(body.buffer).setUint32(4, version, true);
  return { scopeId, body, tags: [{ doorId, tag: new Uint8Array(16).fill(5) }] };
};

/** A door of the document's rules. `faults` is asked before each operation: 'lost', 'failed', 'timeout' before it takes effect, 'after:…' when it has. */
export class FakeDoor {
  log = [];
  pulses = 0;
  connections = 0;
  accepted = new Set();
  versions = [0];
  flags = 6;
  listLost = 0;
  verdict = codec.Verdict.granted;
  detail = 0;
  untagged = null;
  pending = 0;
  faults = () => null;
  wrongTag = false;
  carryState = 0;
  taken = [];
  lacksBase = false;
  page = null;
  #hello = 0;
  #helloWas = null;
  #result = Uint8Array.of(19, 0);
  #last = null;
  #blob = null;
  #slice = null;

  constructor(doorId, time) {
    this.doorId = doorId;
    this.time = time;
    this.name = 'POOL';
  }

  connect = async () => {
    this.connections++;
    this.#break('connect');
    this.#result = Uint8Array.of(19, 0);
    this.#last = null;
    this.#hello++;
    return { read: (uuid) => this.#do('read', uuid), write: (uuid, bytes) => this.#do('write', uuid, bytes), close: () => this.log.push('close') };
  };

  #break(what, when = '') {
    const fault = this.faults(what, this.log.length);
    if (fault?.startsWith('after:') === (when === 'after')) {
      const kind = fault?.replace('after:', '');
      if (kind) {
        this.time.at += kind === 'timeout' ? 2000 : 0;
        throw new RadioError(kind);
      }
    }
  }

  async #do(way, uuid, bytes) {
    const what = `${way} ${{ [HELLO]: 'Hello', [UNLOCK]: 'Unlock', [RESULT]: 'Result', [CARRY]: 'Carry' }[uuid]}`;
    this.log.push(what);
    this.#break(what);
    this.time.at += 30;
    const value = way === 'write' ? await this.#write(uuid, bytes) : this.#read(uuid);
    this.#break(what, 'after');
    return value;
  }

  #read(uuid) {
    if (uuid === HELLO) {
      const bytes = new Uint8Array(27 + 2 * this.versions.length);
      bytes[0] = 1;
      new DataView(bytes.buffer).setUint32(1, this.doorId, true);
      bytes.fill(this.#hello, 5, 21);
      bytes[25] = this.flags;
      bytes[26] = this.listLost;
      this.versions.forEach((v, i) => new DataView(bytes.buffer).setUint16(27 + 2 * i, v & 0xFFFF, true));
      this.#helloWas = bytes;
      return bytes.slice();
    }
    if (uuid === RESULT) {
      return this.pending-- > 0 ? Uint8Array.of(0) : this.#result;
    }
    if (this.#slice !== null) {
      const part = this.page.subarray(this.#slice, this.#slice + 240);
      const head = Uint8Array.of(0x24, this.#slice & 255, this.#slice >> 8, this.page.length & 255, this.page.length >> 8);
      return codec.join(head, part);
    }
    const status = new Uint8Array(21);
    status[0] = this.carryState;
    status[20] = this.page === null ? 0 : 1;
    return status;
  }

  async #write(uuid, bytes) {
    if (uuid === CARRY) {
      return this.#carry(bytes);
    }
    const key = await codec.importKey(new Uint8Array(32).fill(this.doorId));
    const a = bytes.length - 24;
    const attempt = bytes.subarray(a, a + 8).join();
    if (this.#last?.join() === bytes.join()) {
      return;
    }
    this.#last = bytes;
    if (this.untagged !== null) {
      this.#result = Uint8Array.from(this.untagged);
      this.untagged = this.untagged[0] === 19 ? null : this.untagged;
      this.#hello++;
      return;
    }
    if (this.verdict === codec.Verdict.granted && !this.accepted.has(attempt)) {
      this.accepted.add(attempt);
      this.pulses++;
    }
    const said = codec.join(Uint8Array.of(this.verdict, this.detail), new Uint8Array(10));
    new DataView(said.buffer).setUint16(10, 5000, true);
    const hello = this.#helloWas;
    const mac = await crypto.subtle.sign('HMAC', key, codec.join(label('dc1reslt'), Uint8Array.of(hello.length), hello, Uint8Array.of(bytes.length), bytes, said));
    this.#result = codec.join(said, new Uint8Array(mac).subarray(0, 16));
    this.#result[27] ^= this.wrongTag ? 1 : 0;
    this.#hello++;
  }

  #carry(bytes) {
    this.#slice = null;
    if (bytes[0] === 0x21) {
      this.#blob = { size: bytes[2] | (bytes[3] << 8), parts: [] };
      this.carryState = 1;
    } else if (bytes[0] === 0x22) {
      this.#blob.parts.push(bytes.slice(3));
      const whole = codec.join(...this.#blob.parts);
      if (whole.length === this.#blob.size) {
        this.taken.push(whole);
        const isDelta = whole[0] === 1 && new DataView(whole.buffer).getUint32(8, true) > 0;
        this.carryState = isDelta && this.lacksBase ? 8 : whole[0] === 4 ? 11 : 3;
        if (whole[0] === 1 && this.carryState === 3) {
          this.versions = [new DataView(whole.buffer).getUint32(4, true)];
          this.listLost = 0;
          this.verdict = this.verdict === codec.Verdict.listLost ? codec.Verdict.granted : this.verdict;
          this.#hello++;
        }
      }
    } else if (bytes[0] === 0x23) {
      this.carryState = this.page === null ? 7 : 9;
    } else {
      this.#slice = bytes[1] | (bytes[2] << 8);
    }
  }
}
