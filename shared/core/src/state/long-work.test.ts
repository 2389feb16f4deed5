import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '../define/call.ts';
import { longWork } from './long-work.ts';
import { openState, type OpenState } from './state.ts';

let folder: string;
let state: OpenState;
const never = new AbortController().signal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'long-work-'));
  state = openState({ folder, clock: systemClock, cacheTtlMs: undefined, evidence: async () => 'record' });
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true });
});

async function ended(operation: string) {
  for (;;) {
    const view = await state.operations.read(operation);
    if (view.status !== 'running') return view;
    await new Promise(setImmediate);
  }
}

it('gives the result of what ends in time, and tells progress to the call', async () => {
  const told: string[] = [];
  const call = {
    state,
    signal: never,
    progress: (_done: number, _total: unknown, text: string) => told.push(text),
    waitsForEnd: false,
  };
  const { operation, result } = await longWork(call, 'test', async (work) => {
    work.progress(1, 2, 'half');
    return 'done';
  });
  expect([result, told]).toEqual(['done', ['half']]);
  expect(await ended(operation)).toMatchObject({ kind: 'test', status: 'succeeded', result: 'done' });
});

it('gives the handle of what takes longer, which goes on and is told to nobody', async () => {
  let finish: () => void = () => undefined;
  const told: string[] = [];
  const call = {
    state,
    signal: never,
    progress: (_done: number, _total: unknown, text: string) => told.push(text),
    waitsForEnd: false,
  };
  const work = async ({ progress }: { progress: (done: number, total: undefined, text: string) => void }) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    progress(1, undefined, 'late');
    return 'done';
  };
  const { operation, result } = await longWork(call, 'test', work, { answerAfterMs: 1 });
  expect(result).toBeUndefined();
  expect((await state.operations.read(operation)).status).toBe('running');
  finish();
  expect([(await ended(operation)).result, told]).toEqual(['done', []]);
});

it('throws what the work throws', async () => {
  const call = { state, signal: never, progress: () => undefined, waitsForEnd: false };
  await expect(longWork(call, 'test', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

it.each([true, false])('cancels the work when the client gives up (before it began: %s)', async (before) => {
  const client = new AbortController();
  if (before) client.abort();
  const call = { state, signal: client.signal, progress: () => undefined, waitsForEnd: false };
  const work = ({ signal }: { signal: AbortSignal }) =>
    new Promise<string>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
      client.abort();
    });
  await expect(longWork(call, 'test', work)).rejects.toThrow('stopped');
});

it('is waited for to its end by who wants that', async () => {
  vi.useFakeTimers();
  try {
    const call = { state, signal: never, progress: () => undefined, waitsForEnd: true };
    let finish: (value: string) => void = () => undefined;
    const done = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const waiting = longWork(call, 'test', () => done);
    await vi.advanceTimersByTimeAsync(3_600_000);
    finish('late and done');
    expect((await waiting).result).toBe('late and done');
  } finally {
    vi.useRealTimers();
  }
});
