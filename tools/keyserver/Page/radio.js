// The one interface to a door in the air, on navigator.bluetooth. Every operation has a time-out of its own: a browser has none.
//   choose(names) or known(names) → place {name, connect()} → link {read(uuid), write(uuid, bytes), close()}
import { SERVICE } from './codec.js';

/** The longest that a connection, and a read or a write, may take, in ms. */
export const CONNECT_MS = 5000;
export const OPERATION_MS = 2000;

/** What went wrong in the air. kind: 'timeout', 'lost' (no link), 'failed' (an ATT error, whichever). */
export class RadioError extends Error {
  constructor(kind, cause) {
    super(kind, { cause });
    this.kind = kind;
  }
}

/** Why no door was chosen. kind: 'nothing' (nobody picked one), 'off', 'forbidden', 'unsupported'. */
export class ChoiceError extends Error {
  constructor(kind, cause) {
    super(kind, { cause });
    this.kind = kind;
  }
}

/** Ends a promise that may never settle. */
export function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new RadioError('timeout')), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** @param {Bluetooth} bluetooth navigator.bluetooth */
export function browserRadio(bluetooth) {
  return {
    /** Lets the person pick one of these doors. Wants a press. @throws {ChoiceError} */
    async choose(names) {
      const filters = names.map((name) => ({ services: [SERVICE], name }));
      try {
        return placeOf(await bluetooth.requestDevice({ filters }));
      } catch (e) {
        throw choiceError(e);
      }
    },

    /** A door that the person picked on another day, where the browser remembers it under one of these names; null: it wants choosing. */
    async known(names) {
      const devices = await bluetooth.getDevices?.().catch(() => []) ?? [];
      const device = devices.find((d) => names.includes(d.name));
      return device === undefined ? null : placeOf(device);
    },
  };
}

function choiceError(e) {
  const said = `${e.name} ${e.message}`;
  if (/adapter|turned off|powered/i.test(said)) {
    return new ChoiceError('off', e);
  }
  if (/permission|denied|NotAllowed|globally disabled/i.test(said)) {
    return new ChoiceError('forbidden', e);
  }
  return new ChoiceError(e.name === 'NotFoundError' ? 'nothing' : 'unsupported', e);
}

function placeOf(device) {
  return { name: device.name ?? '', connect: () => connect(device) };
}

async function connect(device) {
  try {
    return linkOf(device, await within(CONNECT_MS, findCharacteristics(device.gatt)));
  } catch (e) {
    device.gatt.disconnect();
    throw e instanceof RadioError ? e : new RadioError('lost', e);
  }
}

/** Asked for by their UUIDs alone: a whole discovery takes a phone seconds. */
async function findCharacteristics(gatt) {
  const server = await gatt.connect();
  const service = await server.getPrimaryService(SERVICE);
  const found = new Map();
  return async (uuid) => {
    found.set(uuid, found.get(uuid) ?? (await service.getCharacteristic(uuid)));
    return found.get(uuid);
  };
}

function linkOf(device, characteristic) {
  const operate = async (uuid, work) => {
    if (!device.gatt.connected) {
      throw new RadioError('lost');
    }
    try {
      return await within(OPERATION_MS, characteristic(uuid).then(work));
    } catch (e) {
      throw e instanceof RadioError ? e : new RadioError(device.gatt.connected ? 'failed' : 'lost', e);
    }
  };
  return {
    read: (uuid) => operate(uuid, async (c) => {
      const value = await c.readValue();
      return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    }),
    write: (uuid, bytes) => operate(uuid, (c) => c.writeValueWithResponse(bytes)),
    close: () => device.gatt.disconnect(),
  };
}
