import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createNotebook, notebookServer } from '../../test/fixtures/notebook.ts';
import { readLog, verifyLog } from '../audit/index.ts';
import type { AuditEvent } from '../audit/types.ts';
import { createProviders } from '../call/providers.ts';
import { createRuntime } from '../call/runtime.ts';
import { fakeClock } from '../testing/clock.ts';
import { tempState } from '../testing/temp-state.ts';
import { loadSettings } from '../settings/load.ts';
import { mergeSettings } from '../settings/merge.ts';
import { serveStdio, type StdioProcess } from './stdio.ts';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const modern = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'lines', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** A notebook server on streams of its own, spoken to in lines. */
async function start() {
  const state = await tempState();
  cleanups.push(() => state.remove());
  const notebook = createNotebook();
  const server = notebookServer(notebook);
  const clock = fakeClock();
  const loaded = await loadSettings(mergeSettings(server.settings), {
    argv: ['--allow', 'destructive'],
    env: state.env,
    cwd: '/',
    server: server.name,
  });
  const stderr = new PassThrough();
  const providers = createProviders({ server, loaded, env: state.env, clock, fault: () => undefined });
  const runtime = createRuntime(server, loaded, {
    clock,
    providers,
    writeLog: (line) => stderr.write(line),
  });
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const exited = new EventEmitter();
  const host = Object.assign(new EventEmitter(), {
    stdin,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr,
    exit: (code: number) => void exited.emit('exit', code),
  }) satisfies StdioProcess;
  const exit = once(exited, 'exit') as Promise<[number]>;
  serveStdio(runtime, host);
  cleanups.push(async () => {
    stdin.end();
    host.emit('SIGTERM');
    await exit;
  });
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<Record<string, unknown>> =>
    JSON.parse(((await lines.next()) as { value: string }).value) as Record<string, unknown>;
  const send = (...messages: unknown[]): void => {
    for (const message of messages) {
      stdin.write(
        `${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...(message as object) })}\n`,
      );
    }
  };
  const call = (id: number, name: string, args: Record<string, unknown> = {}, meta: Record<string, unknown> = {}) =>
    send({ id, method: 'tools/call', params: { name, arguments: args, _meta: { ...modern, ...meta } } });
  const audit = join(state.dir, server.name, 'audit');
  const events = async (): Promise<AuditEvent[]> => {
    const found: AuditEvent[] = [];
    for await (const { event } of readLog({ dir: audit })) found.push(event);
    return found;
  };
  const verdict = async () => (await verifyLog({ dir: audit })).verdict;
  return { host, stdin, stdout, stderr, notebook, runtime, exit, read, send, call, events, verdict };
}

describe('lines', () => {
  test('a client that probes and then falls back to initialize is served in the same process', async () => {
    const { send, read } = await start();
    send({ id: 'probe', method: 'server/discover', params: { _meta: modern } });
    expect(await read()).toMatchObject({ id: 'probe', result: { supportedVersions: ['2026-07-28'], ttlMs: 300_000 } });
    send({
      id: 0,
      method: 'initialize',
      params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'old', version: '1' } },
    });
    const initialized = await read();
    expect(initialized).toMatchObject({ id: 0, result: { protocolVersion: '2025-11-25' } });
    expect(initialized['result']).not.toHaveProperty('ttlMs');
    send({ method: 'notifications/initialized' }, { id: 1, method: 'tools/call', params: { name: 'note_list' } });
    expect(await read()).toMatchObject({ id: 1, result: { content: [{ type: 'text' }] } });
  });

  test('a batch is answered with -32600 and recorded', async () => {
    const { send, read, events, exit, stdin } = await start();
    send('[{"jsonrpc":"2.0","id":1,"method":"ping"}]');
    expect(await read()).toMatchObject({ id: null, error: { code: -32600 } });
    stdin.end();
    await exit;
    expect((await events()).filter((event) => event.type === 'rejected')).toMatchObject([
      { detail: { why: 'batches are not part of this protocol' } },
    ]);
  });

  test('junk lines are recorded, and the next message is served', async () => {
    const { send, read, events, exit, stdin } = await start();
    send('not json', '{"jsonrpc":"1.0","id":7}');
    expect(await read()).toMatchObject({ id: 7, error: { code: -32600 } });
    send({ id: 8, method: 'server/discover', params: { _meta: modern } });
    expect(await read()).toMatchObject({ id: 8, result: {} });
    stdin.end();
    await exit;
    expect((await events()).filter((event) => event.type === 'rejected')).toHaveLength(2);
  });

  test('any JSON is survived, and every call with an id is answered once', async () => {
    const { send, read } = await start();
    const values = fc.sample(fc.jsonValue(), { numRuns: 200, seed: 1 });
    for (const value of values) send(JSON.stringify(value));
    values.forEach((params, id) => send({ id, method: 'tools/call', params }));
    values.forEach((args, id) =>
      send({ id: `args ${id}`, method: 'tools/call', params: { name: 'note_list', arguments: args } }),
    );
    send({ id: 'last', method: 'ping' });
    const answers = new Map<unknown, number>();
    for (let waiting = values.length * 2 + 1; waiting > 0;) {
      const { id } = await read();
      if (id === null) continue;
      answers.set(id, (answers.get(id) ?? 0) + 1);
      waiting -= 1;
    }
    expect(answers.size).toBe(values.length * 2 + 1);
  });

  test('what the SDK refuses by itself is recorded', async () => {
    const { send, read, events, exit, stdin } = await start();
    send({ id: 1, method: 'tools/call', params: { name: 7, _meta: modern } });
    expect(await read()).toMatchObject({ id: 1, error: { code: -32602 } });
    stdin.end();
    await exit;
    expect((await events()).find((event) => event.type === 'rejected')).toMatchObject({
      detail: { why: 'answered with JSON-RPC error -32602' },
    });
  });

  test('an id still in use is answered once', async () => {
    const { call, read, send } = await start();
    call(1, 'note_wait');
    call(1, 'note_list');
    send({ id: 2, method: 'server/discover', params: { _meta: modern } });
    expect(await read()).toMatchObject({ id: 2 });
  });

  test('a forged request state is an audited protocol error', async () => {
    const { send, read, events, exit, stdin } = await start();
    send({
      id: 1,
      method: 'tools/call',
      params: { name: 'note_delete', arguments: { name: 'first' }, requestState: 'forged', _meta: modern },
    });
    expect(await read()).toMatchObject({ id: 1, error: { code: -32602 } });
    stdin.end();
    await exit;
    expect((await events()).find((event) => event.type === 'call')).toMatchObject({
      outcome: { result: 'denied', code: 'confirm_invalid' },
    });
  });

  test('tool use id and trace of the client are recorded', async () => {
    const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    const { call, read, events } = await start();
    call(1, 'note_list', {}, { 'claudecode/toolUseId': 'toolu_1', traceparent, tracestate: 'vendor=1' });
    await read();
    expect((await events()).find((event) => event.type === 'call')).toMatchObject({
      action: { tool_use: 'toolu_1', trace: traceparent, trace_state: 'vendor=1', request: '1' },
      actor: { client: 'lines 1' },
    });
  });

  test('stray writes to stdout go to stderr', async () => {
    const { host, read, call, stderr, exit } = await start();
    host.stdout.write('stray\n');
    call(1, 'note_list');
    expect(await read()).toMatchObject({ id: 1 });
    host.emit('SIGTERM');
    await exit;
    expect(String(stderr.read())).toMatch(/^stray\n.*1 stray writes to stdout were sent to stderr instead\n$/);
  });
});

describe('ending', () => {
  test.each(['SIGINT', 'SIGTERM'])('%s ends an idle server with a closed log', async (signal) => {
    const { host, call, read, exit, verdict, events } = await start();
    call(1, 'note_list');
    await read();
    host.emit(signal);
    expect(await exit).toEqual([0]);
    expect((await events()).map((event) => event.type)).toContain('log.stop');
    expect(await verdict()).toMatch(/^ok/);
  });

  test('the end of stdin in the middle of a call aborts the call, answers it and ends', async () => {
    const { stdin, call, read, exit, notebook } = await start();
    call(1, 'note_wait', { progress: 1 }, { progressToken: 'p' });
    expect(await read()).toMatchObject({ method: 'notifications/progress' });
    stdin.end();
    expect(await read()).toMatchObject({ id: 1, result: { isError: true } });
    expect(await exit).toEqual([0]);
    expect(notebook.aborted).toEqual(['note_wait']);
  });

  test('a change that does not stop in time is recorded as of unknown outcome', async () => {
    const { host, call, read, exit, notebook, events, verdict } = await start();
    const reached = new Promise<void>((resolve) => {
      notebook.beforeEffect = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    call(1, 'note_delete', { name: 'first' });
    const shown = (await read()) as { result: { _meta: { 'cinecom/plan': { confirm: string } } } };
    call(2, 'note_delete', { name: 'first', confirm: shown.result._meta['cinecom/plan'].confirm });
    await reached;
    host.emit('SIGTERM');
    expect(await exit).toEqual([0]);
    expect((await events()).find((event) => event.type === 'call.end')).toMatchObject({
      outcome: { result: 'unknown', code: 'shutting_down' },
    });
    expect(await verdict()).toMatch(/^ok/);
  });

  test('a second signal ends at once', async () => {
    const { host, call, exit, events, read } = await start();
    call(1, 'note_list');
    await read();
    call(2, 'note_stubborn');
    host.emit('SIGINT');
    host.emit('SIGTERM');
    expect(await exit).toEqual([0]);
    expect((await events()).map((event) => event.type)).toContain('log.stop');
  });

  test('an uncaught exception answers calls in flight with internal and exits 1', async () => {
    const { host, call, read, exit, stderr } = await start();
    call(1, 'note_wait', { progress: 1 }, { progressToken: 'p' });
    await read();
    host.emit('uncaughtException', new Error('boom'));
    const answer = (await read()) as { result: { _meta: { 'cinecom/error': { code: string } } } };
    expect(answer.result._meta['cinecom/error'].code).toBe('internal');
    expect(await exit).toEqual([1]);
    expect(String(stderr.read())).toContain('uncaught exception: Error: boom');
  });

  test('an unhandled rejection is logged and serving goes on', async () => {
    const { host, call, read, stderr } = await start();
    host.emit('unhandledRejection', new Error('forgotten'));
    call(1, 'note_list');
    expect(await read()).toMatchObject({ id: 1 });
    expect(String(stderr.read())).toContain('unhandled rejection: Error: forgotten');
  });

  test('a message past 16 MiB ends the process with the reason', async () => {
    const { stdin, exit, stderr } = await start();
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let written = 0; written < 17; written += 1) stdin.write(chunk);
    expect(await exit).toEqual([1]);
    expect(String(stderr.read())).toContain('a message was longer than 16777216 bytes');
  });

  test('a closed stdout ends the process', async () => {
    const { stdout, exit } = await start();
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(await exit).toEqual([0]);
  });
});
