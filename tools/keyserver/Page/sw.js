// Keeps the page for times without a network: its own files and logos alone, no link, no answer of the server.

/** Of all files together; the server writes it in. */
const VERSION = '{version}';
const FILES = ['./', /*{files}*/];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' })))).then(() => self.skipWaiting()));
});

/** Logos of houses are kept beside: their addresses say what is in them. */
const LOGOS = 'logos';
const MAX_LOGOS = 4;

async function logo(request) {
  const cache = await caches.open(LOGOS);
  const kept = await cache.match(request);
  if (kept !== undefined) {
    return kept;
  }
  const response = await fetch(request);
  if (response.ok) {
    const old = (await cache.keys()).slice(0, -MAX_LOGOS + 1);
    await Promise.all([...old.map((one) => cache.delete(one)), cache.put(request, response.clone())]);
  }
  return response;
}

self.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== VERSION && name !== LOGOS).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') {
    return;
  }
  if (request.destination === 'image' && new URL(request.url).pathname.includes('/logo/')) {
    event.respondWith(logo(request));
    return;
  }
  const wanted = request.mode === 'navigate' ? './' : request;
  event.respondWith(caches.open(VERSION).then((cache) => cache.match(wanted)).then((kept) => kept ?? fetch(request)));
});
