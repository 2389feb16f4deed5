import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLog, readLog, verifyLog } from './index.ts';

const root = resolve(import.meta.dirname, '../../../..');
const key = randomBytes(32).toString('base64');
let base: string;

const child = `
import { openLog } from './core/audit/index.js';
const [dir, marksDir, key] = process.argv.slice(2);
const log = await openLog({ dir, marksDir, key, server: 's', version: '1', host: 'box', clock: { now: () => Date.now() } });
for (let index = 0; ; index += 1) {
  const id = process.pid + '-' + index;
  for (let read = 0; read < 5; read += 1) void log.record({ id: 'r' + id, type: 'call', args: 'x'.repeat(300) });
  await log.durable({ id, type: 'call.begin', action: { tool: 't' } });
  process.stdout.write('begun ' + id + '\\n');
  if (index % 3 === 0) await log.durable({ id, type: 'call.end', action: { tool: 't' } });
}
`;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'audit-kill-'));
  const options = [
    '--outDir',
    join(base, 'core'),
    '--rootDir',
    join(root, 'shared/core/src'),
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
    '--rewriteRelativeImportExtensions',
    '--skipLibCheck',
    '--ignoreConfig',
  ];
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), join(import.meta.dirname, 'index.ts'), ...options],
    { cwd: root },
  );
  writeFileSync(join(base, 'package.json'), '{"type":"module"}');
  writeFileSync(join(base, 'child.js'), child);
});
afterAll(() => rmSync(base, { recursive: true }));

/** Runs a writer until it has told of so many durable records, then kills it. @returns the ids it told of */
async function runAndKill(dir: string, marksDir: string, count: number): Promise<string[]> {
  const writer = spawn(process.execPath, [join(base, 'child.js'), dir, marksDir, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(writer, 'exit');
  const begun: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    begun.push(line.slice('begun '.length));
    if (begun.length === count) writer.kill('SIGKILL');
  }
  await exited;
  return begun;
}

test('a writer killed at any moment leaves a log that verifies, with every durable record and every open change', async () => {
  const [dir, marksDir] = [join(base, 'audit'), join(base, 'marks')];
  const begun: string[] = [];
  for (const count of [1, 4, 40, 97]) begun.push(...(await runAndKill(dir, marksDir, count)));
  begun.push(...(await Promise.all([runAndKill(dir, marksDir, 30), runAndKill(dir, marksDir, 50)])).flat());
  const report = await verifyLog({ dir, marksDir, key });
  expect(['ok', 'ok-torn-tail']).toContain(report.verdict);
  expect(report.writers).toHaveLength(6);
  const recorded = new Set<string>();
  const ended = new Set<string>();
  for await (const { event } of readLog({ dir })) {
    if (event.type === 'call.begin') recorded.add(event.id);
    if (event.type === 'call.end') ended.add(event.id);
  }
  expect(begun.filter((id) => !recorded.has(id))).toEqual([]);
  const unknown = [...recorded].filter((id) => !ended.has(id)).toSorted();
  expect(report.unfinished.map(({ id }) => id).toSorted()).toEqual(unknown);
  const next = await openLog({
    dir,
    marksDir,
    key,
    server: 's',
    version: '1',
    host: 'box',
    clock: { now: () => Date.now() },
  });
  expect(next.unfinished.map(({ id }) => id).toSorted()).toEqual(unknown);
  await next.close('end');
  expect((await verifyLog({ dir, marksDir, key })).ok).toBe(true);
});
