// Draws what the desk tells (server-sent events), and passes its buttons on.
const ACTS = [
  ['key', 'New guest'], ['revoke', 'Delete the key'], ['network', 'Wi-Fi on or off'], ['cut', 'Cut the power'], ['door', 'Open or close the door'],
  ['rex', 'Button inside'], ['hour', '1 hour passes'], ['day', '1 day passes'],
];
const INPUT = { rex: 1, doorOpen: 2 };
const LAMP = { green: 1, red: 2 };
const SVG = 'http://www.w3.org/2000/svg';
const find = (id) => document.getElementById(id);
let link = null;
let shown = {};

function say(id, text) {
  const element = find(id);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function make(tag, text, name) {
  return Object.assign(document.createElement(tag), { textContent: text, className: name ?? '' });
}

function draw(now) {
  say('time', `${now.time} UTC`);
  say('name', now.floors > 0 ? `Elevator car ${now.name}` : `Door ${now.name}`);
  find('drawing').dataset.strike = now.strike ? 'on' : 'off';
  const open = (now.inputs & INPUT.doorOpen) !== 0;
  say('strike-text', now.strike ? `open ${(now.strikeMs / 1000).toFixed(1)} s` : 'locked');
  say('drawing-text', `The strike is ${now.strike ? 'energised' : 'not energised'}; the door is ${open ? 'open' : 'closed'}; ${now.pulses} openings`);
  find('leaf').classList.toggle('open', open);
  find('green').classList.toggle('on', (now.lamps & LAMP.green) !== 0);
  find('red').classList.toggle('on', (now.lamps & LAMP.red) !== 0);
  say('radio-text', now.radio);
  say('network-text', now.network ? 'Wi-Fi' : 'no Wi-Fi');
  drawFloors(now.floors, now.enabled);
  if (JSON.stringify(shown.log) !== JSON.stringify(now.log)) {
    find('log').replaceChildren(...now.log.map((line) => make('li', line, line.startsWith('—') ? 'act' : '')));
  }
  if (JSON.stringify(shown.frames) !== JSON.stringify(now.frames)) {
    find('frames').replaceChildren(...now.frames.map(frame));
  }
  shown = now;
  if (link !== now.link) {
    link = now.link;
    find('page').src = link;
  }
}

function frame({ at, what, bytes, detail }) {
  const row = make('li', '');
  row.append(make('b', what), ` ${bytes > 0 ? `${bytes} bytes` : ''} `, make('span', `${(at / 1000).toFixed(2)} s`), document.createElement('br'), make('span', detail));
  return row;
}

function drawFloors(count, enabled) {
  const group = find('floors');
  if (group.childElementCount !== count) {
    group.replaceChildren(...Array.from({ length: count }, (_, floor) => {
      const one = document.createElementNS(SVG, 'g');
      const rect = document.createElementNS(SVG, 'rect');
      Object.entries({ x: 302, y: 262 - floor * 30, width: 28, height: 24, rx: 6 }).forEach(([name, value]) => rect.setAttribute(name, value));
      const text = document.createElementNS(SVG, 'text');
      Object.entries({ x: 316, y: 279 - floor * 30, 'text-anchor': 'middle' }).forEach(([name, value]) => text.setAttribute(name, value));
      text.textContent = String(floor);
      one.append(rect, text);
      return one;
    }));
  }
  [...group.children].forEach((one, floor) => one.setAttribute('class', (enabled >> floor) & 1 ? 'on' : ''));
}

find('acts').append(...ACTS.map(([act, text]) => {
  const button = make('button', text);
  button.type = 'button';
  button.onclick = () => fetch(`/act/${act}`, { method: 'POST' });
  return button;
}));
new EventSource('/events').onmessage = (event) => draw(JSON.parse(event.data));
