// A house's colours, made readable whatever they are. No DOM.

/** The paper of the page, light and dark, as style.css has it; and how far what is no text must stand out from it (WCAG 1.4.11). */
const PAPER = { light: '#f6f2ea', dark: '#10171a' };
const STANDS_OUT = 3;
const STEP = 0.04;

const parts = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (rgb) => rgb.map(linear).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const toHex = (rgb) => `#${rgb.map((c) => Math.round(c).toString(16).padStart(2, '0')).join('')}`;

/** Contrast of two colours, 1 to 21. @param {string} a #rrggbb */
export function contrast(a, b) {
  const [low, high] = [luminance(parts(a)), luminance(parts(b))].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** The colour, or the nearest to it on the way to black or white that stands out from the paper. */
export function standOut(color, paper) {
  const end = luminance(parts(paper)) > 0.5 ? 0 : 255;
  let rgb = parts(color);
  for (let t = STEP; contrast(toHex(rgb), paper) < STANDS_OUT && t <= 1; t += STEP) {
    rgb = parts(color).map((c) => c + (end - c) * t);
  }
  return toHex(rgb);
}

/** Black or white, whichever reads better there: of any colour one has 4.5 at least. */
export const inkOn = (color) => (contrast(color, '#ffffff') >= contrast(color, '#000000') ? '#ffffff' : '#000000');

/** The custom properties that style.css asks for. @param {{primary_color?: string, secondary_color?: string}|null} look of the server's answer */
export function propertiesOf(look) {
  const found = {};
  for (const [scheme, paper] of Object.entries(PAPER)) {
    if (look?.primary_color) {
      const accent = look.primary_color;
      Object.assign(found, { [`--accent-${scheme}`]: accent, [`--edge-${scheme}`]: standOut(accent, paper), [`--on-accent-${scheme}`]: inkOn(accent) });
    }
    if (look?.secondary_color) {
      found[`--ring-${scheme}`] = standOut(look.secondary_color, paper);
    }
  }
  return found;
}
