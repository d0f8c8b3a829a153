// Puts the page together: the link that was tapped, the wallet, the server, the radio and what is shown.
import { stickerDoor, tappedCode } from './address.js';
import { doorByName, doorBySticker, doorsOf, keyFor, living, namesOf, renewBefore } from './choice.js';
import { openDoor } from './door.js';
import { messageAtRest, messageOf } from './message.js';
import { browserRadio } from './radio.js';
import { askErrands, postPages, redeem, wantsAnswer } from './server.js';
import { makeView } from './view.js';
import { openWallet } from './wallet.js';

const REST_AFTER_MS = 4000;
const MAX_ASKED = 48;
const AGAIN_MS = 30000;
const now = () => Math.floor(Date.now() / 1000);
const view = makeView(navigator.languages);

let wallet;
let links = [];
let place = null;
let placeDoor = null;
let isRemembered = false;

/** The door that was tapped at, until its guest asks for another one. */
let sticker = stickerDoor;
let isWalking = false;
let isAtRest = false;
let offlineSince = null;
let restTimer = 0;

const keys = () => living(links.flatMap((link) => link.keys), now());
const lists = () => links.flatMap((link) => link.lists);
const doorName = (doorId) => doorsOf(keys()).find((door) => door.doorId === doorId)?.name ?? '';

/** The keys, with the door of a sticker alone where one was tapped at. */
function shown() {
  const mine = keys().filter((key) => key.doors.some((door) => door.doorId === sticker));
  return mine.length === 0 ? keys() : mine.map((key) => ({ ...key, doors: key.doors.filter((door) => door.doorId === sticker) }));
}

async function start() {
  view.onPress(() => press(false));
  view.onOther(() => press(true));
  view.onFloor(() => isWalking || rest());
  if (!isSecureContext) {
    view.show({ kind: 'insecure' });
    return;
  }
  navigator.serviceWorker?.register('sw.js').catch(() => null);
  wallet = await openWallet(now);
  const isNew = tappedCode !== null && !(await wallet.links()).some((link) => link.code === tappedCode);
  if (tappedCode !== null) {
    await wallet.link(tappedCode);
  }
  links = await wallet.links();
  showKey();
  const lacking = await lackOfBluetooth();
  if (lacking !== null && keys().length === 0) {
    await keepUnspent(lacking);
    return;
  }
  if (keys().length > 0) {
    rest();
  } else {
    view.show({ kind: links.length > 0 ? 'loading' : 'empty' });
  }
  await refresh(isNew);
  addEventListener('online', () => refresh(false));
  setInterval(() => offlineSince !== null && isAtRest && !document.hidden && refresh(false), AGAIN_MS);
  document.addEventListener('visibilitychange', () => document.hidden || isWalking || refresh(false));
  addEventListener('offline', () => showNetwork(true));
}

/** Why this browser cannot open a door, before a link is spent on it; null when it can. */
async function lackOfBluetooth() {
  if (navigator.bluetooth === undefined) {
    return /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.platform === 'MacIntel' && navigator.maxTouchPoints > 1) ? 'iphone' : 'noBluetooth';
  }
  return (await navigator.bluetooth.getAvailability()) ? null : 'off';
}

/** The link goes on to a browser that can use it. */
async function keepUnspent(kind) {
  const code = links.at(-1)?.code;
  view.show({ kind: code === undefined ? 'empty' : kind });
  view.onCopy(() => navigator.clipboard.writeText(new URL(`./${code}`, location.href).href));
}

/** Asks the server about each link that may have news, and brings it the doors' pages. */
async function refresh(isForced) {
  let failed = null;
  for (const link of links.filter((l) => isForced || wantsAnswer(l, now()))) {
    const { kind, answer } = await redeem(link);
    if (kind === 'redeemed') {
      await wallet.keep(link, answer);
    } else if (link.keys.length === 0 && (link.code === tappedCode || links.length === 1)) {
      failed = kind;
      if (kind !== 'away') {
        await wallet.forget(link.code);
      }
    }
    showNetwork(kind === 'away');
  }
  links = await wallet.links();
  showKey();
  view.showReceipts(await wallet.receipts());
  if (!isWalking) {
    rest(failed);
  }
  const mine = failed === null && offlineSince === null ? doorsOf(keys()).map((door) => door.doorId) : [];
  await runErrands(await wallet.nextToAsk(mine, MAX_ASKED));
}

/** Takes the doors' pages to the server, and fetches what to bring them. */
async function runErrands(doorIds) {
  await postPages(wallet);
  for (const doorId of doorIds) {
    const { token } = links.findLast((link) => link.keys.some((key) => key.doors.some((door) => door.doorId === doorId)));
    const errands = await askErrands(token, doorId, await wallet.door(doorId));
    if (errands === null) {
      return;
    }
    await wallet.keepDoor({ ...(await wallet.door(doorId)), errands, askedAt: now() });
  }
}

function showNetwork(isAway) {
  offlineSince = isAway ? offlineSince ?? now() : null;
  const last = keys().map((key) => key.expiresAt);
  view.showOffline(offlineSince, last.length > 0 ? Math.max(...last) : null, isAway ? renewBefore(keys(), now()) : null);
}

function showKey() {
  view.showLook(links.findLast((link) => link.look && keys().some((key) => link.keys.includes(key)))?.look ?? null);
  view.showKey(shown(), now());
}

function rest(failed = null) {
  isAtRest = true;
  clearTimeout(restTimer);
  showNetwork(offlineSince !== null);
  const message = messageAtRest(links, now());
  message.hasMany &&= doorsOf(shown()).length > 1;
  view.show(failed !== null && keys().length === 0 ? { kind: failed } : message, false);
}

/** One press: the choice of the door is the intention, so it is asked to open at once. */
async function press(isOther) {
  clearTimeout(restTimer);
  if (isWalking || !isFloorPicked()) {
    return;
  }
  isWalking = true;
  isAtRest = false;
  try {
    await walk(isOther);
  } catch (e) {
    end({ kind: ['nothing', 'off', 'forbidden', 'unsupported'].includes(e.kind) ? e.kind : 'broken' });
  } finally {
    isWalking = false;
  }
}

/** In a car the floors are picked before the press. Who has doors beside it may pick none. */
function isFloorPicked() {
  const isCarOnly = keys().length > 0 && keys().every((key) => key.floors !== null);
  if (isCarOnly && view.pickedFloors().length === 0) {
    view.show({ kind: 'pickFloor' });
    return false;
  }
  return true;
}

async function walk(isOther) {
  sticker = isOther ? null : sticker;
  if (sticker !== null && doorBySticker(keys(), sticker) === null) {
    end({ kind: 'noKey' });
    return;
  }
  if (place === null || isOther) {
    view.show({ kind: 'choosing' });
    place = null;
    place = await find(isOther);
    placeDoor = sticker === null ? doorByName(keys(), place.name) : sticker;
  }
  if (placeDoor === null) {
    place = null;
    end({ kind: 'noKey' });
    return;
  }
  view.show({ kind: 'opening', door: doorName(placeDoor) });
  await open(placeDoor);
}

/** The door that was picked on another day, if it is the only one in question and was there the last time; else the browser's list. */
async function find(isOther) {
  const radio = browserRadio(navigator.bluetooth);
  const names = namesOf(shown());
  const isOne = doorsOf(shown()).length === 1;
  const known = isOne && !isOther && !isRemembered ? await radio.known(names) : null;
  isRemembered = known !== null;
  return known ?? radio.choose(names);
}

async function open(doorId) {
  let opened = false;
  const before = await wallet.door(doorId);
  const told = await openDoor({
    place, doorId, keys: keys(), lists: lists(), floors: view.pickedFloors(), errands: before.errands,
    keepPage: (page) => wallet.addPage(page),
    keepVisit: ({ hello, carry, left }) => wallet.keepDoor({ ...before, hello, carry: carry ?? before.carry, errands: left }),
    tell: (early) => {
      opened = early.kind === 'open';
      if (opened || early.kind === 'waiting') {
        show(early);
      }
    },
  });
  await keepReceipt(told, doorId);
  if (isRemembered && ['noAnswer', 'anotherDoor'].includes(told.kind)) {
    place = null;
  }
  if (!opened) {
    const key = keyFor(keys(), doorId, told.isCar ?? false, now());
    end(messageOf(told, key, now()));
  }
  if (told.kind === 'open') {
    await runErrands([doorId]);
  }
}

async function keepReceipt(told, doorId) {
  if (told.receipt === undefined) {
    return;
  }
  await wallet.addReceipt({ at: now(), door: doorName(doorId), kind: told.kind, verdict: told.verdict, ...told.receipt });
  view.showReceipts(await wallet.receipts());
  const said = messageOf(told, null, now()).kind;
  if (said === 'revoked') {
    await wallet.drop(told.credential);
    links = await wallet.links();
    showKey();
    showNetwork(offlineSince !== null);
  }
}

/** Opening again at the same door needs no list, unless there are other doors to open. */
function show(message) {
  view.show(message);
  navigator.vibrate?.(message.kind === 'open' ? 80 : 20);
  if (message.kind === 'open') {
    restTimer = setTimeout(() => {
      place = doorsOf(keys()).length > 1 ? null : place;
      rest();
    }, message.holdMs + REST_AFTER_MS);
  }
}

function end(message) {
  view.show({ ...message, door: doorName(placeDoor) }, (place !== null || message.kind === 'noKey') && doorsOf(keys()).some((door) => door.doorId !== placeDoor));
  navigator.vibrate?.([40, 80, 40]);
}

start().catch(() => view.show({ kind: 'broken' }));
