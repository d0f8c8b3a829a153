// Draws what the app says, and nothing else. Every word comes from the texts.
import { doorsOf } from './choice.js';
import { propertiesOf } from './look.js';
import en from './texts.en.js';
import de from './texts.de.js';

const GOOD = new Set(['open']);
const BUSY = new Set(['loading', 'choosing', 'opening', 'waiting']);
const CALM = new Set(['ready', 'notYet', 'later', 'away', 'pickFloor', 'nothing', 'empty', 'busy', 'off', 'noBluetooth', 'iphone', 'noRight']);

/** After these there is nothing to press. */
const NO_PRESS = new Set(['loading', 'empty', 'usedUp', 'unknown', 'ended', 'away', 'noRight', 'later', 'noBluetooth', 'iphone', 'insecure', 'broken', 'revoked']);

/** After these another try, at the same door, is what helps. */
const AGAIN = new Set(['noAnswer', 'busy', 'refused', 'listLost', 'strikeFault', 'nothing', 'off', 'forbidden', 'unsupported', 'clockUnknown', 'notYetValid', 'anotherDoor', 'fetchAgain', 'expired']);

const find = (id) => document.getElementById(id);
const tone = (kind) => (GOOD.has(kind) ? 'good' : BUSY.has(kind) ? 'busy' : CALM.has(kind) ? 'calm' : 'bad');

function set(id, text) {
  const element = find(id);
  element.hidden = !text;
  if (element.textContent !== (text ?? '')) {
    element.textContent = text ?? '';
  }
}

/** @param {readonly string[]} languages the browser's, in its order */
export function makeView(languages) {
  const known = languages.map((l) => l.slice(0, 2)).find((l) => l === 'en' || l === 'de');
  return new View(known === 'de' ? de : en, languages.find((l) => l.startsWith(known ?? 'en')) ?? 'en');
}

class View {
  #texts;
  #when;
  #ticking = 0;
  #floorsShown = '';

  constructor(texts, locale) {
    this.#texts = texts;
    this.#when = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' });
    document.documentElement.lang = texts.lang;
    document.title = texts.page;
    set('eyebrow', texts.eyebrow);
    set('floors-legend', texts.floors);
    set('receipts-title', texts.receipts);
  }

  /** A point in time as a guest says it. @param {number|undefined} s Unix seconds */
  when(s) {
    return s === undefined || s === null ? '' : this.#when.format(new Date(s * 1000)).replace(/(\d\.?) (?=\p{L})/u, '$1\u00A0');
  }

  /** The house's colours and logo. @param {object|null} look of the newest key that has one */
  showLook(look) {
    const style = document.documentElement.style;
    [...style].filter((name) => /^--(on-)?(accent|edge|ring)-/.test(name)).forEach((name) => style.removeProperty(name));
    Object.entries(propertiesOf(look)).forEach(([name, value]) => style.setProperty(name, value));
    const logo = find('logo');
    logo.hidden = !look?.logo;
    if (look?.logo && logo.getAttribute('src') !== look.logo) {
      Object.assign(logo, { alt: look.name ?? '', src: look.logo, onerror: () => { logo.hidden = true; } });
    }
  }

  /** What the key is: the doors, how long, which floors. */
  showKey(keys, now) {
    const doors = doorsOf(keys);
    set('title', doors.length === 1 ? doors[0].name : doors.length === 0 ? this.#texts.page : this.#texts.doors(doors.length));
    set('validity', keys.length === 0 ? '' : this.#validity(keys, now));
    find('doors').hidden = doors.length < 2;
    find('doors').replaceChildren(...doors.map((door) => make('li', door.name)));
    this.#showFloors([...new Set(keys.flatMap((key) => key.floors ?? []))].sort((a, b) => a - b));
  }

  /** A message. @param {{kind: string}} message with what its text names @param {boolean} canChange another door may be chosen */
  show(message, canChange = false) {
    const say = this.#texts.messages[message.kind] ?? this.#texts.messages.broken;
    const [headline, sentence, ...hints] = say({ ...message, when: this.when(message.at) });
    document.body.dataset.tone = tone(message.kind);
    document.body.dataset.kind = message.kind;
    set('headline', headline);
    set('sentence', sentence);
    find('hints').hidden = hints.length === 0;
    find('hints').replaceChildren(...hints.map((hint) => make('li', hint)));
    this.#showButtons(message, canChange);
    this.#count(message.kind === 'open' ? message.holdMs : 0);
  }

  /** @param {number|null} since Unix seconds; null while there is a network @param {number|null} renew the last moment to come back to it, should it be near */
  showOffline(since, until, renew) {
    set('offline', since === null || until === null ? '' : this.#texts.offline(this.when(since), this.when(until)));
    set('renew', renew === null ? '' : this.#texts.renew(this.when(renew)));
  }

  showReceipts(receipts) {
    find('receipts').hidden = receipts.length === 0;
    find('receipt-list').replaceChildren(...receipts.slice(0, 20).map((receipt) => {
      const row = make('li', '');
      row.append(make('b', `${receipt.door} · ${receipt.kind === 'open' ? this.#texts.opened : this.#texts.denied}`), make('time', this.when(receipt.at)));
      return row;
    }));
  }

  /** Floors that are picked. */
  pickedFloors() {
    return [...document.querySelectorAll('#floor-choice input:checked')].map((input) => Number(input.value));
  }

  onPress(work) {
    find('open').addEventListener('click', () => find('open').getAttribute('aria-disabled') === 'true' || work());
  }

  /** Hears that a floor was picked, or is no longer. */
  onFloor(work) {
    find('floor-choice').addEventListener('change', work);
  }

  onOther(work) {
    find('other').addEventListener('click', work);
  }

  onCopy(work) {
    find('copy').addEventListener('click', async () => {
      await work();
      set('copy', this.#texts.copied);
    });
  }

  #validity(keys, now) {
    const first = Math.min(...keys.map((key) => key.notBefore));
    const last = Math.max(...keys.map((key) => key.expiresAt));
    return first > now ? this.#texts.from(this.when(first)) : last > now ? this.#texts.until(this.when(last)) : this.#texts.over(this.when(last));
  }

  #showFloors(floors) {
    find('floors').hidden = floors.length === 0;
    if (this.#floorsShown === floors.join()) {
      return;
    }
    this.#floorsShown = floors.join();
    find('floor-choice').replaceChildren(...floors.map((floor) => {
      const label = make('label', '');
      const input = Object.assign(document.createElement('input'), { type: 'checkbox', value: String(floor), checked: floors.length === 1 });
      label.append(input, make('span', this.#texts.floor(floor)));
      return label;
    }));
  }

  #showButtons(message, canChange) {
    const isOver = NO_PRESS.has(message.kind);
    find('open').hidden = isOver;
    find('open').setAttribute('aria-disabled', String(BUSY.has(message.kind)));
    const { again, open, opened } = this.#texts;
    set('open-label', AGAIN.has(message.kind) ? again : GOOD.has(message.kind) ? opened : open);
    const isBarred = isOver && message.kind !== 'revoked';
    set('other', canChange && !isBarred && !BUSY.has(message.kind) ? this.#texts.other : '');
    set('copy', message.kind === 'noBluetooth' || message.kind === 'iphone' ? this.#texts.copy : '');
  }

  /** The time that the door stays open, counted down for the eye alone: a screen reader hears "open" once. */
  #count(holdMs) {
    clearInterval(this.#ticking);
    document.body.style.setProperty('--open-for', `${holdMs}ms`);
    const end = performance.now() + holdMs;
    const tick = () => set('count', end > performance.now() ? this.#texts.seconds(Math.ceil((end - performance.now()) / 1000)) : '');
    tick();
    if (holdMs > 0) {
      this.#ticking = setInterval(tick, 200);
    }
  }
}

function make(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
