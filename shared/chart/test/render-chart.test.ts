import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import subsetFont from 'subset-font';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChartSpec, renderChart, type TimeSeriesChart } from '../src/index.ts';
import { countOther, readPng } from './read-png.ts';

const run = promisify(execFile);
const signal = new AbortController().signal;
const hour = 3_600_000;
const start = Date.UTC(2026, 10, 26);
const span = { start, end: start + hour };
const points = [0, 1, 2, 3].map((index) => [start + (index * hour) / 4, index * 10] as const);
const cpu: TimeSeriesChart = {
  kind: 'timeseries',
  title: 'CPU',
  span,
  width: 600,
  height: 300,
  series: [{ name: 'web-1', points }],
};
const white = [255, 255, 255] as const;
const titleBox = { left: 14, top: 10, width: 200, height: 24 };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chart-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function drawn(spec: ChartSpec, fontFile?: string): Promise<Buffer> {
  const { png } = await renderChart(spec, { signal, fontFile });
  if (png === undefined) throw new Error('no picture');
  return png;
}

/** A font of a few Cyrillic letters, which the own font has not. */
async function cyrillicFont(): Promise<string> {
  const package_ = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json');
  const whole = readFileSync(join(dirname(package_), 'ttf', 'DejaVuSerif.ttf'));
  const path = join(folder, 'cyrillic.ttf');
  writeFileSync(path, await subsetFont(whole, 'Нагрузка', { targetFormat: 'sfnt' }));
  return path;
}

describe('the picture', () => {
  const kinds: readonly ChartSpec[] = [
    cpu,
    { kind: 'stat', value: 42, unit: 'percent' },
    { kind: 'bar-list', bars: [{ name: 'a', value: 1 }] },
    { kind: 'table', columns: [{ name: 'a' }], rows: [[1]] },
    { kind: 'state-timeline', span, rows: [{ name: 'a', states: [{ ...span, state: 'up' }] }] },
  ];

  it.each(kinds)('of a $kind is a PNG of the size it says, the same bytes each time', async (spec) => {
    const { png = Buffer.alloc(0), width, height, text } = await renderChart(spec, { signal });
    expect(readPng(png)).toMatchObject({ width, height });
    expect(text).not.toContain('No picture');
    expect(png.equals(await drawn(structuredClone(spec)))).toBe(true);
  });

  it('holds its text: a title, a legend and an axis leave pixels', async () => {
    const picture = readPng(await drawn(cpu));
    expect(countOther(picture, titleBox, white)).toBeGreaterThan(100);
    const axis = { left: 14, top: 40, width: 14, height: 180 };
    expect(countOther(picture, axis, white)).toBeGreaterThan(30);
    const legend = { left: 42, top: 268, width: 60, height: 18 };
    expect(countOther(picture, legend, white)).toBeGreaterThan(60);
    const without = readPng(await drawn({ ...cpu, title: '' }));
    expect(countOther(without, titleBox, white)).toBe(0);
  });

  it('holds every character of the own font that it claims to have', async () => {
    // One for each block; an unknown one would be drawn as the series letter.
    for (const sign of ['Å', 'ő', 'Ω', '→', '≥', '∑', '€', '½', '■']) {
      const picture = readPng(await drawn({ ...cpu, title: sign }));
      expect(countOther(picture, titleBox, white), sign).toBeGreaterThan(10);
    }
  });

  it('shows a peak of one sample in 100,000', async () => {
    const spike = Array.from(
      { length: 100_000 },
      (_, index) => [start + (index * hour) / 100_000, index === 54_321 ? 100 : 1] as const,
    );
    const axis = { min: 0, max: 100 };
    const upper = { left: 60, top: 50, width: 520, height: 80 };
    const [flat, peaked] = await Promise.all(
      [spike.slice(0, 50_000), spike].map(async (given) =>
        readPng(await drawn({ ...cpu, axis, theme: 'dark', annotations: [], series: [{ name: 'x', points: given }] })),
      ),
    );
    if (!flat || !peaked) throw new Error('no pictures');
    const count = (picture: typeof flat): number => countOther(picture, upper, [21, 24, 29]);
    expect(count(peaked) - count(flat)).toBeGreaterThan(80);
  });
});

describe('an extra font', () => {
  const spec: ChartSpec = { ...cpu, title: 'Нагрузка' };

  it('draws what the own font has not', async () => {
    const [without, withFont] = [await drawn(spec), await drawn(spec, await cyrillicFont())];
    expect(withFont.equals(without)).toBe(false);
    // Eight letters take less room than the sentence that stands in for them, and more than none.
    const picture = readPng(withFont);
    expect(countOther(picture, titleBox, white)).toBeGreaterThan(100);
    expect(countOther(picture, { ...titleBox, left: 110, width: 100 }, white)).toBe(0);
  });

  it.each([
    ['is missing', 'missing.ttf', undefined, /not used: it cannot be read \(ENOENT\)/],
    ['is none', 'none.ttf', 'wOF2 a web font', /not used: it is no TrueType or OpenType font/],
  ])('that %s is left out, and the text says so', async (_, name, content, message) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, content);
    const { png, text } = await renderChart(spec, { signal, fontFile: path });
    expect(png?.equals(await drawn(spec))).toBe(true);
    expect(text).toMatch(message);
  });
});

describe('a chart that is not drawn', () => {
  it('ends with the signal', async () => {
    const stop = new AbortController();
    stop.abort(new Error('the caller left'));
    await expect(renderChart(cpu, { signal: stop.signal })).rejects.toThrow('the caller left');
  });

  const index = join(import.meta.dirname, '..', 'dist', 'index.js');
  const script = `import(${JSON.stringify(index)}).then(async ({ renderChart }) => {
    const spec = { kind: 'timeseries', span: { start: 0, end: 1000 }, series: [{ name: 'web', points: [[0, 1]] }] };
    const { png, text } = await renderChart(spec, { signal: new AbortController().signal });
    console.log(JSON.stringify({ hasPicture: png !== undefined, text }));
  });`;

  it('for want of a binary is text that says why', async () => {
    const hook = join(folder, 'no-binary.cjs');
    writeFileSync(
      hook,
      `const Module = require('node:module');
const load = Module._load;
Module._load = (name, ...rest) => {
  if (/resvg-js-|resvgjs\\./.test(name)) throw new Error('Cannot find module ' + name);
  return load(name, ...rest);
};`,
    );
    const { stdout } = await run(process.execPath, ['--require', hook, '-e', script]);
    const { hasPicture, text } = JSON.parse(stdout) as { hasPicture: boolean; text: string };
    expect(hasPicture).toBe(false);
    expect(text).toContain('A web: last 1');
    expect(text).toContain(`No picture: the picture renderer has no binary for ${process.platform} ${process.arch}.`);
  });

  it('for want of a temporary folder is text that says why', async () => {
    const env = { ...process.env, TMPDIR: join(folder, 'absent') };
    const { stdout } = await run(process.execPath, ['-e', script], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      hasPicture: false,
      text: expect.stringContaining('No picture: there is no temporary folder'),
    });
  });

  it('leaves no font behind when it is drawn', async () => {
    const env = { ...process.env, TMPDIR: mkdtempSync(join(folder, 'own-')) };
    const { stdout } = await run(process.execPath, ['-e', script], { env });
    expect(JSON.parse(stdout)).toMatchObject({ hasPicture: true });
    await expect(run('ls', [env.TMPDIR])).resolves.toMatchObject({ stdout: '' });
    expect(existsSync(env.TMPDIR)).toBe(true);
  });
});
