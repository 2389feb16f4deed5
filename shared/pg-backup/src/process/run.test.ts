import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { run } from './run.ts';

const never = new AbortController().signal;
const node = (script: string, signal = never, onLine?: (line: string) => void) =>
  run({ program: process.execPath, argv: ['-e', script], env: {}, signal, onLine, keepOutput: true });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'cinecom-run-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('run', () => {
  it('streams the lines of standard error, the unfinished last one too', async () => {
    const lines: string[] = [];
    const end = await node(`process.stderr.write('one\\ntwo\\r\\nthr'); process.stderr.write('ee')`, never, (line) =>
      lines.push(line),
    );
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(end).toMatchObject({ outcome: 'ok', exitCode: 0 });
  });

  it('tells the last complaint and the exit code of a failure', async () => {
    const end = await node(`console.error('x: error: no such thing\\nbye'); process.exitCode = 3`);
    expect(end).toMatchObject({ outcome: 'failed', exitCode: 3, why: 'x: error: no such thing (exit code 3)' });
  });

  it('takes a program that is not there for a failed run', async () => {
    const end = await run({ program: '/no/such/program', argv: [], env: {}, signal: never });
    expect(end.outcome).toBe('failed');
    expect(end.why).toContain('ENOENT');
  });

  it('ends a whole group that ignores SIGTERM when aborted, grandchildren too', async () => {
    const pidFile = join(folder(), 'pids');
    const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);`;
    const script = `${stubborn}
      const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stubborn)}]);
      require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, process.pid + ' ' + child.pid);`;
    const abort = new AbortController();
    const ending = node(script, abort.signal);
    await vi.waitFor(() => expect(existsSync(pidFile) && readFileSync(pidFile, 'utf8')).toMatch(/^\d+ \d+$/), 10_000);
    const pids = readFileSync(pidFile, 'utf8').split(' ').map(Number);
    abort.abort();
    expect(await ending).toMatchObject({ outcome: 'cancelled' });
    await vi.waitFor(() => expect(pids.map(isRunning)).toEqual([false, false]), 2000);
  });

  it('starts nothing once aborted', async () => {
    const made = join(folder(), 'made');
    const end = await node(`require('node:fs').writeFileSync(${JSON.stringify(made)}, '')`, AbortSignal.abort());
    expect([end.outcome, existsSync(made)]).toEqual(['cancelled', false]);
  });
});
