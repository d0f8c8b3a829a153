// Takes the link's code out of the address bar before anything else happens: no history entry, referrer or picture of the screen has it.

const last = location.pathname.split('/').pop();

/** The code of the link that was tapped; null when the page was opened without one. */
export const tappedCode = /^[A-Za-z0-9_-]{16,64}$/.test(last) ? last : null;

/** The door id of a sticker, in the part of the address that no server sees: #door=7. */
export const stickerDoor = Number(/^#door=([0-9]{1,10})$/.exec(location.hash)?.[1] ?? 0) || null;

if (tappedCode !== null || location.hash !== '') {
  history.replaceState(null, '', './');
}
