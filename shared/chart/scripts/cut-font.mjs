// Cuts the font that charts are lettered with, and writes it and its widths into src/font/. After `tsc -b`, since it
// measures with the reader of this package: node scripts/cut-font.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import subsetFont from 'subset-font';
import { readFont } from '../dist/font/read-font.js';

const ranges = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x18f, 0x18f],
  [0x192, 0x192],
  [0x1cd, 0x1dc],
  [0x218, 0x21b],
  [0x259, 0x259],
  [0x2c6, 0x2dd],
  [0x370, 0x3ff],
  [0x1ea0, 0x1ef9],
  [0x2010, 0x2027],
  [0x2030, 0x203e],
  [0x2070, 0x208e],
  [0x20a0, 0x20b5],
  [0x2100, 0x214f],
  [0x2150, 0x218f],
  [0x2190, 0x21ff],
  [0x2200, 0x22ff],
  [0x2300, 0x2311],
  [0x25a0, 0x25ff],
  [0x2713, 0x2718],
  [0xfffd, 0xfffd],
];
const characters = ranges
  .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index))
  .map((code) => String.fromCodePoint(code))
  .join('');

const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'));
const font = await subsetFont(readFileSync(join(folder, 'ttf', 'DejaVuSans.ttf')), characters, {
  targetFormat: 'sfnt',
  // Without kerning and ligatures a text is as wide as the sum of its advances, which is how layout measures it.
  keepFeatures: [],
  dropTables: ['GDEF', 'GPOS', 'GSUB', 'MATH', 'kern', 'gasp'],
  noHinting: true,
  // Copyright, licence and its address: they have to go with every copy, and so go with it into every bundle.
  preserveNameIds: [0, 13, 14],
});

const target = join(import.meta.dirname, '..', 'src', 'font');
const head = '// Written by scripts/cut-font.mjs.\n';
const packed = deflateSync(font, { level: 9 }).toString('base64');
writeFileSync(
  join(target, 'dejavu-sans.ts'),
  `${head}/** A subset of DejaVu Sans as a TrueType file, deflated, in base64. Its licence is in LICENSE-DejaVu.txt and in the file. */
export const dejaVuSans =
  '${packed}';\n`,
);

const runs = [];
for (const [code, advance] of [...readFont(font).advances].toSorted(([left], [right]) => left - right)) {
  const last = runs.at(-1);
  const units = Math.round(advance * 2048);
  if (last && last.first + last.units.length === code) last.units.push(units);
  else runs.push({ first: code, units: [units] });
}
const lines = runs.map(({ first, units }) => `  '${first.toString(16)}:${units.join(' ')}',`);
writeFileSync(
  join(target, 'dejavu-advances.ts'),
  `${head}/** Runs of characters: the first one in base 16, then how far each moves the pen, in 2048ths of an em. */
export const dejaVuAdvances: readonly string[] = [\n${lines.join('\n')}\n];\n`,
);
writeFileSync(join(target, 'LICENSE-DejaVu.txt'), readFileSync(join(folder, 'LICENSE')));
console.log(
  `${font.length} bytes, ${packed.length} as text, ${runs.reduce((sum, { units }) => sum + units.length, 0)} glyphs`,
);
