import { randomBytes } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditLog, openLog, verifyLog, type VerifyReport } from './index.ts';

const dayMs = 86_400_000;
const key = randomBytes(32).toString('base64');
let base: string;
let vkey: string;

/** A folder as it stood at one moment, and what of it is safe from every crash. */
interface Scenario {
  readonly name: string;
  readonly folder: string;
  readonly signed: boolean;
  /** Name of the one segment that may lose its tail, and how many of its bytes may not. */
  readonly crashed: { readonly segment: string; readonly safeBytes: number } | undefined;
}

const scenarios: Scenario[] = [];

function time(start: number): { now(): number; ms: number } {
  return {
    ms: start,
    now(): number {
      this.ms += 1;
      return this.ms;
    },
  };
}

async function open(folder: string, clock: { now(): number }, withKey = true): Promise<AuditLog> {
  return openLog({
    dir: join(folder, 'audit'),
    marksDir: join(folder, 'marks'),
    server: 's',
    version: '1',
    host: 'box',
    key: withKey ? key : undefined,
    clock,
  });
}

async function fill(log: AuditLog, clock: { ms: number }, count: number, rotateAt: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    if (index === rotateAt) clock.ms += dayMs;
    const id = `call-${index}`;
    if (index % 40 === 7) {
      await log.durable({ id, type: 'call.begin', action: { tool: 't' } });
      await log.durable({ id, type: 'call.end', action: { tool: 't' }, outcome: { result: 'success' } });
    } else await log.record({ id, type: 'call', action: { tool: 't' }, args: { index, text: 'é\u0001"\\' } });
  }
}

const segmentsOf = (folder: string): string[] =>
  readdirSync(join(folder, 'audit'))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();

function safeBytesOf(folder: string, segment: string, writer: string): number {
  const mark = JSON.parse(readFileSync(join(folder, 'marks', `${writer}.mark`), 'utf8').split('} ')[0] + '}') as {
    n: number;
  };
  const text = readFileSync(join(folder, 'audit', segment), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && (JSON.parse(line) as { n: number }).n < mark.n);
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** Several earlier writers that ended cleanly, then one that is copied away in the middle of its work. */
async function build(name: string, counts: readonly number[], crash: boolean, signed: boolean): Promise<void> {
  const folder = join(base, `${name}-live`);
  const copy = join(base, name);
  const clock = time(Date.UTC(2026, 10, 20));
  for (const [index, count] of counts.entries()) {
    const log = await open(folder, clock, signed);
    await fill(log, clock, count, index % 2 === 0 ? Math.floor(count / 2) : -1);
    const isLast = index === counts.length - 1;
    if (isLast && crash) {
      cpSync(folder, copy, { recursive: true });
      // The copy is of a process that is no more.
      for (const file of readdirSync(join(copy, 'audit')))
        if (file.endsWith('.open')) writeFileSync(join(copy, 'audit', file), '{}');
      const segment = segmentsOf(copy).findLast((file) => file.includes(log.writer)) ?? '';
      scenarios.push({
        name,
        folder: copy,
        signed,
        crashed: { segment, safeBytes: safeBytesOf(copy, segment, log.writer) },
      });
    }
    await log.close('test');
    clock.ms += 1000;
  }
  if (!crash) {
    cpSync(folder, copy, { recursive: true });
    scenarios.push({ name, folder: copy, signed, crashed: undefined });
  }
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'audit-damage-'));
  await build('closed', [12, 300, 5], false, true);
  await build('crashed', [8, 290], true, true);
  await build('crashed early', [3], true, true);
  await build('unsigned', [10, 270], false, false);
  const [first = ''] = segmentsOf(join(base, 'closed'));
  const start = JSON.parse(readFileSync(join(base, 'closed', 'audit', first), 'utf8').split('\n')[0] ?? '') as {
    e: { detail: { vkey: string } };
  };
  vkey = start.e.detail.vkey;
});
afterAll(() => rmSync(base, { recursive: true }));

async function verifyCopy(
  scenario: Scenario,
  damage: (folder: string) => void,
  how: { key?: string; vkey?: string },
): Promise<VerifyReport> {
  const folder = mkdtempSync(join(base, 'run-'));
  try {
    cpSync(scenario.folder, folder, { recursive: true });
    damage(folder);
    return await verifyLog({ dir: join(folder, 'audit'), marksDir: join(folder, 'marks'), ...how });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Damage =
  | { readonly kind: 'flip' | 'truncate' | 'junk'; readonly at: number; readonly bit: number }
  | { readonly kind: 'remove' | 'repeat' | 'swap' | 'foreign'; readonly at: number; readonly bit: number };

const kinds = ['flip', 'truncate', 'junk', 'remove', 'repeat', 'swap', 'foreign'] as const;
const damages: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...kinds),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  bit: fc.nat(7),
});

/** The file after the damage. */
function damaged(before: Buffer, { kind, at, bit }: Damage, other: string): Buffer {
  const offset = Math.floor(at * before.length);
  const bytes = Buffer.from(before);
  if (kind === 'flip') {
    bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
    return bytes;
  }
  if (kind === 'truncate') return bytes.subarray(0, offset);
  if (kind === 'junk') return Buffer.concat([bytes.subarray(0, offset), Buffer.from('{}\n'), bytes.subarray(offset)]);
  const lines = before.toString('latin1').split('\n').slice(0, -1);
  const index = Math.floor(at * lines.length);
  const next = (index + 1 + bit) % lines.length;
  const line = lines[index] ?? '';
  if (kind === 'remove') lines.splice(index, 1);
  else if (kind === 'repeat') lines.splice(next, 0, line);
  else if (kind === 'foreign') lines.splice(index, 0, other);
  else [lines[index], lines[next]] = [lines[next] ?? '', line];
  return Buffer.from(lines.map((text) => `${text}\n`).join(''), 'latin1');
}

/** Whether a crash could have left this file: whole lines of the original up to at least what was safe, then a part of one. */
function isCrash(before: Buffer, after: Buffer, safeBytes: number): boolean {
  if (after.length < safeBytes) return false;
  const wholeEnd = after.lastIndexOf(0x0a) + 1;
  const isPrefix = before.subarray(0, wholeEnd).equals(after.subarray(0, wholeEnd));
  return wholeEnd >= safeBytes && isPrefix && (wholeEnd === 0 || before[wholeEnd - 1] === 0x0a);
}

async function checkDamage(
  pick: number,
  file: number,
  damage: Damage,
  how: { key?: string; vkey?: string },
): Promise<{ ok: boolean; expected: boolean; told: string }> {
  const usable = scenarios.filter(({ signed, crashed }) => 'key' in how || (signed && crashed === undefined));
  const scenario = usable[pick % usable.length];
  if (scenario === undefined) throw new Error('no scenario');
  const segments = segmentsOf(scenario.folder);
  const segment = segments[file % segments.length] ?? '';
  const path = join(scenario.folder, 'audit', segment);
  const before = readFileSync(path);
  const [foreign = ''] = readFileSync(
    join(scenario.folder, 'audit', segments[(file + 1) % segments.length] ?? ''),
    'latin1',
  )
    .split('\n')
    .slice(2, 3);
  const after = damaged(before, damage, foreign);
  const report = await verifyCopy(scenario, (folder) => writeFileSync(join(folder, 'audit', segment), after), how);
  const mayBeCrash = scenario.crashed?.segment === segment && isCrash(before, after, scenario.crashed.safeBytes);
  return {
    ok: report.ok,
    expected: after.equals(before) || mayBeCrash,
    told: `${scenario.name} ${segment} ${report.words}`,
  };
}

test('undamaged logs are ok, and say what they lack', async () => {
  const verdicts = await Promise.all(scenarios.map((scenario) => verifyCopy(scenario, () => undefined, { key })));
  expect(scenarios.map(({ name }, index) => [name, verdicts[index]?.verdict, verdicts[index]?.firstProblem])).toEqual([
    ['closed', 'ok', undefined],
    ['crashed', 'ok', undefined],
    ['crashed early', 'ok', undefined],
    ['unsigned', 'ok-unsigned', undefined],
  ]);
});

test('random damage to any segment is never ok, but where a crash could have left the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), damages, async (pick, file, damage) => {
      const { ok, expected, told } = await checkDamage(pick, file, damage, { key });
      expect({ told, ok }).toEqual({ told, ok: expected });
    }),
    { numRuns: 200 },
  );
});

test('the public key alone finds the same damage in logs that ended', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(), damages, async (pick, file, damage) => {
      const { ok, expected, told } = await checkDamage(pick, file, damage, { vkey });
      expect({ told, ok }).toEqual({ told, ok: expected });
    }),
    { numRuns: 80 },
  );
});

test('a crash at any byte beyond the last sync is never called tampering', async () => {
  for (const scenario of scenarios) {
    if (scenario.crashed === undefined) continue;
    const { segment, safeBytes } = scenario.crashed;
    const size = readFileSync(join(scenario.folder, 'audit', segment)).length;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: safeBytes, max: size }), async (at) => {
        const report = await verifyCopy(scenario, (folder) => truncateSync(join(folder, 'audit', segment), at), {
          key,
        });
        expect(['ok', 'ok-torn-tail']).toContain(report.verdict);
      }),
      { numRuns: 60 },
    );
  }
});

test('zero bytes that a loss of power leaves beyond the last sync are a torn tail', async () => {
  const scenario = scenarios.find(({ name }) => name === 'crashed');
  const { segment = '', safeBytes = 0 } = scenario?.crashed ?? {};
  if (scenario === undefined) throw new Error('no scenario');
  const bytes = readFileSync(join(scenario.folder, 'audit', segment));
  const zeroed = Buffer.concat([bytes.subarray(0, safeBytes), Buffer.alloc(300), Buffer.from('"}\nrest')]);
  const report = await verifyCopy(scenario, (folder) => writeFileSync(join(folder, 'audit', segment), zeroed), { key });
  expect(report.verdict).toBe('ok-torn-tail');
});

test('a removed segment, mark or checkpoint file is told', async () => {
  for (const scenario of scenarios.filter(({ crashed, signed }) => crashed === undefined && signed)) {
    const files = [
      ...readdirSync(join(scenario.folder, 'audit')).map((name) => join('audit', name)),
      ...readdirSync(join(scenario.folder, 'marks')).map((name) => join('marks', name)),
    ];
    for (const file of files) {
      const report = await verifyCopy(scenario, (folder) => unlinkSync(join(folder, file)), { key });
      expect([`${file} ${report.words}`, report.ok]).toEqual([`${file} ${report.words}`, false]);
    }
  }
});

test('a changed mark or checkpoint file is told', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.nat(7),
      async (pick, at, bit) => {
        const [scenario] = scenarios;
        if (scenario === undefined) throw new Error('no scenario');
        const files = [
          ...readdirSync(join(scenario.folder, 'audit'))
            .filter((name) => name.endsWith('.checkpoint'))
            .map((name) => join('audit', name)),
          ...readdirSync(join(scenario.folder, 'marks')).map((name) => join('marks', name)),
        ];
        const file = files[pick % files.length] ?? '';
        const bytes = readFileSync(join(scenario.folder, file));
        const offset = Math.floor(at * bytes.length);
        bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit);
        const report = await verifyCopy(scenario, (folder) => writeFileSync(join(folder, file), bytes), { key });
        expect([`${file} at ${offset}`, report.ok]).toEqual([`${file} at ${offset}`, false]);
      },
    ),
    { numRuns: 60 },
  );
});

test('an older copy of a log put back is truncation, also with its older checkpoint', async () => {
  const scenario = scenarios.find(({ name }) => name === 'crashed');
  if (scenario === undefined) throw new Error('no scenario');
  const report = await verifyCopy(
    { ...scenario, folder: join(base, 'crashed-live') },
    (folder) => cpSync(join(scenario.folder, 'audit'), join(folder, 'audit'), { recursive: true }),
    { key },
  );
  expect(report.verdict).toBe('truncated');
});

const at = async (scenario: string, segment: number, change: (lines: string[]) => void): Promise<VerifyReport> => {
  const found = scenarios.find(({ name }) => name === scenario);
  if (found === undefined) throw new Error('no scenario');
  const name = segmentsOf(found.folder)[segment] ?? '';
  return verifyCopy(
    found,
    (folder) => {
      const path = join(folder, 'audit', name);
      const lines = readFileSync(path, 'utf8').split('\n');
      change(lines);
      writeFileSync(path, lines.join('\n'));
    },
    { key },
  );
};

test('each kind of tampering has its own verdict', async () => {
  const modified = await at('closed', 0, (lines) => (lines[3] = (lines[3] ?? '').replace('"t":', '"t":1')));
  expect([modified.verdict, modified.lastTrusted !== undefined]).toEqual(['modified@3', true]);
  expect((await at('closed', 0, (lines) => lines.splice(3, 1))).verdict).toBe('gap');
  expect((await at('closed', 0, (lines) => lines.splice(3, 0, ...lines.splice(4, 1)))).verdict).toBe('reordered');
  expect((await at('closed', 0, (lines) => lines.splice(4, 0, lines[3] ?? ''))).verdict).toBe('reordered');
  expect((await at('closed', 4, (lines) => lines.splice(-4, 3))).verdict).toBe('truncated');
  const unsigned = await at('unsigned', 0, (lines) => (lines[3] = (lines[3] ?? '').replace('call-', 'gall-')));
  expect(unsigned.verdict).toBe('modified@3');
  expect((await at('unsigned', 0, (lines) => lines.splice(3, 1))).verdict).toBe('gap');
  expect((await at('unsigned', 0, (lines) => lines.splice(3, 0, ...lines.splice(4, 1)))).verdict).toBe('reordered');
});

test('a whole writer removed, a second history, and another key have their own verdicts', async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  const names = segmentsOf(scenario.folder);
  const writer = names.at(-1)?.split('-')[1] ?? '';
  const removed = await verifyCopy(
    scenario,
    (folder) =>
      names.filter((name) => name.includes(writer)).forEach((name) => unlinkSync(join(folder, 'audit', name))),
    { key },
  );
  expect(removed.verdict).toBe('missing-writer');
  const twin = await verifyCopy(
    scenario,
    (folder) =>
      cpSync(join(folder, 'audit', names[0] ?? ''), join(folder, 'audit', (names[0] ?? '').replace(/^2026/, '2027'))),
    { key },
  );
  expect(twin.verdict).toBe('forked');
  const otherKey = await verifyCopy(scenario, () => undefined, { key: randomBytes(32).toString('hex') });
  expect([otherKey.verdict, otherKey.ok]).toEqual(['unknown-key', false]);
  const noKey = await verifyCopy(scenario, () => undefined, {});
  expect([noKey.verdict, noKey.method]).toEqual(['unknown-key', 'chain-only']);
  const publicKey = await verifyCopy(scenario, () => undefined, { vkey });
  expect([publicKey.verdict, publicKey.method]).toEqual(['ok-unanchored', 'public-key']);
});

test('without its marks folder a log is ok-unanchored, with an emptied one it is truncated', async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  const report = await verifyLog({ dir: join(scenario.folder, 'audit'), key });
  expect([report.verdict, report.anchored]).toEqual(['ok-unanchored', false]);
  expect(
    (await verifyCopy(scenario, (folder) => rmSync(join(folder, 'marks'), { recursive: true }), { key })).verdict,
  ).toBe('truncated');
});

test('an empty or missing folder is no log, which is not ok', async () => {
  const missing = await verifyLog({ dir: join(base, 'nowhere'), key });
  expect([missing.verdict, missing.ok]).toEqual(['unreadable', false]);
  const empty = mkdtempSync(join(base, 'empty-'));
  expect((await verifyLog({ dir: empty, key })).words).toContain('no log here');
});
