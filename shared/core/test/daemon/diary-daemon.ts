import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readLog } from '../../src/audit/index.ts';
import { tempState } from '../../src/testing/temp-state.ts';

const program = join(import.meta.dirname, 'diary.mjs');

/** What `job` records say became of the ticks. */
export interface Ticks {
  readonly begun: readonly string[];
  readonly ended: readonly string[];
  readonly unknown: readonly string[];
}

/** Daemons of the diary over one state folder, each a process of its own. */
export interface DiaryBed extends AsyncDisposable {
  readonly folder: string;
  /** Resolves once it runs its jobs, or has ended. */
  start(...argv: readonly string[]): Promise<DiaryDaemon>;
  /** One command to its end. */
  run(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  /** Lines of the diary: one a run. */
  lines(): Promise<number>;
  ticks(): Promise<Ticks>;
}

export interface DiaryDaemon {
  readonly child: ChildProcess;
  /** Code or signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when a line like this has come. */
  says(pattern: RegExp): Promise<void>;
}

/** @param jobs as in a settings file */
export async function diaryBed(jobs: readonly object[]): Promise<DiaryBed> {
  const state = await tempState();
  const file = join(state.dir, 'diary.txt');
  const settings = join(state.dir, 'settings.json');
  await writeFile(file, '');
  await writeFile(settings, JSON.stringify({ jobs }));
  const env = { ...state.env, PATH: process.env['PATH'], DIARY_FILE: file, MCP_ALLOW: 'write' };
  const started: ChildProcess[] = [];
  const launch = (argv: readonly string[]): ChildProcess => {
    const child = spawn(process.execPath, [program, ...argv, '--settings', settings], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  };
  return {
    folder: join(state.dir, 'mcp-diary'),
    async start(...argv) {
      const child = launch(['daemon', ...argv]);
      child.stdout?.resume();
      const lines: string[] = [];
      const waiting = new Set<() => void>();
      createInterface(child.stderr!).on('line', (line) => {
        lines.push(line);
        for (const look of waiting) look();
      });
      const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
      const says = (pattern: RegExp): Promise<void> =>
        new Promise((resolve) => {
          const look = (): void => {
            if (!lines.some((line) => pattern.test(line))) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        });
      await Promise.race([says(/ info job \S+: \S+, next /), ended]);
      return { child, ended, says, stderr: () => lines.join('\n'), kill: (signal) => void child.kill(signal) };
    },
    async run(...argv) {
      const child = launch(argv);
      let out = '';
      let err = '';
      child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, out, err };
    },
    lines: async () => (await readFile(file, 'utf8')).split('\n').length - 1,
    async ticks() {
      const found: Record<string, string[]> = { begun: [], ended: [], unknown: [] };
      const dir = join(state.dir, 'mcp-diary', 'audit');
      // Made with the first record.
      if (!existsSync(dir)) return found as unknown as Ticks;
      for await (const { event } of readLog({ dir })) {
        const { event: what, tick } = (event.detail ?? {}) as { readonly event?: string; readonly tick?: string };
        if (event.type === 'job') found[what ?? '']?.push(tick ?? '');
      }
      return found as unknown as Ticks;
    },
    async [Symbol.asyncDispose]() {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      await state.remove();
    },
  };
}
