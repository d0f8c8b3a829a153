// One door id before the phone connects (PROTOCOL.md, "Choosing a door"). No radio, no DOM.

const key = (name) => name.toLowerCase();

/** Every door of the wallet once. @param {{doors: {doorId: number, name: string, formerNames: string[]}[]}[]} keys */
export function doorsOf(keys) {
  const doors = new Map();
  for (const door of keys.flatMap((k) => k.doors)) {
    doors.set(door.doorId, door);
  }
  return [...doors.values()];
}

/** Of several keys those that are not over, and all of them where every one is: what a guest is shown. */
export function living(keys, now) {
  const good = keys.filter((key) => key.expiresAt > now);
  return good.length > 0 ? good : keys;
}

/**
 * The last moment to fetch a key anew: of those that could live longer, and of whose time without a network half is gone.
 * @returns {number|null} Unix seconds; null when there is no hurry.
 */
export function renewBefore(keys, now) {
  const halfOf = (key) => (key.renewAt > key.notBefore ? key.renewAt : (key.notBefore + key.expiresAt) / 2);
  const due = keys.filter((key) => key.expiresAt > now && key.expiresAt < key.endsAt && halfOf(key) <= now);
  return due.length === 0 ? null : Math.min(...due.map((key) => key.expiresAt));
}

/** The names to look for in the air: what each door is called, and what it was called lately. */
export function namesOf(keys) {
  return [...new Set(doorsOf(keys).flatMap((door) => [door.name, ...(door.formerNames ?? [])]))];
}

/** The door that a name in the air stands for. @returns {number|null} null: no door, or more than one: do not connect. */
export function doorByName(keys, name) {
  const wanted = key(name ?? '');
  const doors = doorsOf(keys);
  const now = doors.filter((door) => key(door.name) === wanted);
  const found = now.length > 0 ? now : doors.filter((door) => (door.formerNames ?? []).some((n) => key(n) === wanted));
  return found.length === 1 ? found[0].doorId : null;
}

/** The door of a sticker; the name in the air is not looked at. @returns {number|null} null: the wallet has no key for it. */
export function doorBySticker(keys, doorId) {
  return doorsOf(keys).some((door) => door.doorId === doorId) ? doorId : null;
}

/**
 * The key to show at a door: one that is good now before one for later, and that before one that is over; of two the one that lasts longer.
 * @param {boolean} isCar of Hello: a car wants a key with floors
 * @param {number} now Unix seconds
 */
export function keyFor(keys, doorId, isCar, now) {
  const rank = (k) => (k.expiresAt <= now ? 2 : k.notBefore > now ? 1 : 0);
  const fits = (k) => ((k.floors !== null) === isCar ? 0 : 1);
  const mine = keys.filter((k) => k.doors.some((door) => door.doorId === doorId));
  mine.sort((a, b) => fits(a) - fits(b) || rank(a) - rank(b) || b.expiresAt - a.expiresAt);
  return mine[0] ?? null;
}
