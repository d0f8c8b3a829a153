// Whatever colours a house has, what is on the page can be read and seen.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { contrast, inkOn, propertiesOf, standOut } from '../../tools/keyserver/Page/look.js';

const css = readFileSync(new URL('../../tools/keyserver/Page/style.css', import.meta.url), 'utf8');
const papers = { light: '#f6f2ea', dark: '#10171a' };

test('contrast is that of WCAG', () => {
  assert.equal(contrast('#000000', '#ffffff'), 21);
  assert.equal(contrast('#777777', '#777777'), 1);
  assert.equal(contrast('#767676', '#ffffff').toFixed(2), '4.54');
});

test('the papers are those of the style sheet, which asks for every property', () => {
  assert.deepEqual([...css.matchAll(/--paper: (#[0-9a-f]{6})/g)].map((m) => m[1]), Object.values(papers));
  for (const name of Object.keys(propertiesOf({ primary_color: '#123456', secondary_color: '#654321' }))) {
    assert.ok(css.includes(`var(${name}, #`), name);
  }
});

test('of 32,768 colours each stands out from the paper, and its ink reads', () => {
  for (let i = 0; i < 32768; i++) {
    const color = `#${[i >> 10, (i >> 5) & 31, i & 31].map((c) => Math.round((c * 255) / 31).toString(16).padStart(2, '0')).join('')}`;
    for (const paper of Object.values(papers)) {
      const shown = standOut(color, paper);
      assert.ok(contrast(shown, paper) >= 3, `${color} on ${paper}: ${shown}`);
      assert.ok(contrast(color, inkOn(color)) >= 4.5, color);
      assert.ok(contrast(color, paper) < 3 || shown === color, `${color} was good as it is`);
    }
  }
});

test('without a profile nothing is set', () => {
  assert.deepEqual(propertiesOf(null), {});
  assert.deepEqual(Object.keys(propertiesOf({ secondary_color: '#ffffff' })), ['--ring-light', '--ring-dark']);
});
