// Reads a fenced block of PROTOCOL.md: lines "name = hex"; a line that begins with a space goes on with the value before it.
import { readFileSync } from 'node:fs';

const document = readFileSync(new URL('../../firmware/PROTOCOL.md', import.meta.url), 'utf8');

/** @returns {Map<string, Uint8Array>} */
export function readVectors(info) {
  const start = document.indexOf('```' + info + '\n');
  if (start < 0) {
    throw new Error(`PROTOCOL.md has no block ${info}`);
  }
  const block = document.slice(start + info.length + 4, document.indexOf('\n```', start));
  const values = new Map();
  let name = null;
  for (const line of block.split('\n').filter((l) => l !== '' && !l.startsWith('#'))) {
    if (line.startsWith(' ')) {
      values.set(name, values.get(name) + line.trim());
      continue;
    }
    name = line.slice(0, line.indexOf('=')).trim();
    values.set(name, line.slice(line.indexOf('=') + 1).trim());
  }
  return new Map([...values].filter(([, v]) => /^[0-9a-f ]*$/.test(v)).map(([n, v]) => [n, Uint8Array.from(Buffer.from(v.replaceAll(' ', ''), 'hex'))]));
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex');
