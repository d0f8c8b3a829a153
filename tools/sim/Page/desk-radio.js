// The desk radio: stands where a browser has navigator.bluetooth, and leads to the door on the desk. There is no Bluetooth in it, and it says so.
(() => {
  const UUIDS = [1, 2, 3, 4].map((n) => `6d3f000${n}-8c1e-4b7a-9f52-d0a1c4e7b830`);
  const SERVICE = '6d3f0000-8c1e-4b7a-9f52-d0a1c4e7b830';
  const error = (name, message) => Object.assign(new Error(message), { name });

  /** One request to the desk. 504: no link; anything else that is not good: the door said no. */
  async function ask(path, bytes) {
    const response = await fetch(`/air/${path}`, { method: bytes === undefined ? 'GET' : 'POST', body: bytes, cache: 'no-store' });
    if (!response.ok) {
      throw response.status === 504 ? error('NetworkError', 'GATT Server is disconnected.') : error('NotSupportedError', 'GATT operation failed for unknown reason.');
    }
    return response;
  }

  function deviceOf(name) {
    const characteristic = (index) => ({
      readValue: () => operate(index),
      writeValueWithResponse: (bytes) => operate(index, bytes),
    });
    const service = { getCharacteristic: async (uuid) => characteristic(UUIDS.indexOf(uuid)) };
    const gatt = {
      connected: false,
      async connect() {
        await ask('connect', new Uint8Array(0));
        gatt.connected = true;
        return gatt;
      },
      disconnect() {
        if (gatt.connected) {
          gatt.connected = false;
          ask('leave', new Uint8Array(0)).catch(() => null);
        }
      },
      async getPrimaryService(uuid) {
        if (uuid !== SERVICE) {
          throw error('NotFoundError', 'No Services matching UUID found in Device.');
        }
        return service;
      },
    };
    async function operate(index, bytes) {
      try {
        return new DataView(await (await ask(index, bytes)).arrayBuffer());
      } catch (e) {
        gatt.connected = e.name !== 'NetworkError' && gatt.connected;
        throw e;
      }
    }
    return { name, gatt };
  }

  /** The list that a browser would show: the doors in reach that were asked for. */
  async function requestDevice({ filters }) {
    const inReach = await (await ask('')).json();
    const names = inReach.filter((name) => filters.some((f) => f.name === name));
    const name = await choose(names);
    if (name === null) {
      throw error('NotFoundError', 'User cancelled the requestDevice() chooser.');
    }
    return deviceOf(name);
  }

  const style = (element, values) => Object.assign(element.style, values);
  const make = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  function choose(names) {
    return new Promise((done) => {
      const dialog = document.createElement('dialog');
      const end = (name) => {
        dialog.remove();
        done(name);
      };
      style(dialog, { border: 0, borderRadius: '1rem', padding: '1.25rem', width: '16rem', maxWidth: '90%', font: '1rem system-ui, sans-serif', color: '#1d2a2b', background: '#fff' });
      const headline = make('p', names.length > 0 ? 'Pick your door' : 'No door is in reach');
      style(headline, { margin: '0 0 .75rem', fontWeight: 600 });
      dialog.setAttribute('aria-label', headline.textContent);
      dialog.append(headline);
      for (const name of [...names, null]) {
        const button = make('button', name ?? 'Cancel');
        button.type = 'button';
        style(button, { display: 'block', width: '100%', minHeight: '3rem', marginTop: '.5rem', border: '1px solid #56605e', borderRadius: '.75rem', background: name === null ? '#fff' : '#1d2a2b', color: name === null ? '#1d2a2b' : '#fff', font: 'inherit' });
        button.onclick = () => end(name);
        dialog.append(button);
      }
      dialog.addEventListener('cancel', () => end(null));
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  Object.defineProperty(navigator, 'bluetooth', { value: { getAvailability: async () => true, requestDevice } });
  addEventListener('DOMContentLoaded', () => {
    const mark = make('p', 'Desk radio: no Bluetooth');
    style(mark, { margin: 0, padding: '.25rem', textAlign: 'center', font: '.8125rem system-ui, sans-serif', color: '#1d2a2b', background: '#f0c419' });
    mark.setAttribute('role', 'note');
    document.body.prepend(mark);
  });
})();
