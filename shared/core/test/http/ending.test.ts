import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { toolsFor } from '../../src/define/tool.ts';
import type { Server } from '../../src/define/server.ts';
import { createShutdown } from '../../src/serve/shutdown.ts';
import { errorOf } from '../../src/testing/client.ts';
import { type Notebook, notebookServer, notebookTools } from '../fixtures/notebook.ts';
import { modernCall, type NotebookHttp, type NotebookHttpOptions, startNotebook } from './notebook-http.ts';
import { openSocket, raw } from './raw.ts';

/** A notebook with a tool that begins when it says so and ends when it is let go, or by its signal. */
async function startHeld(options: NotebookHttpOptions = {}) {
  let letGo = (): void => undefined;
  let sayBegun = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  const begun = new Promise<void>((resolve) => (sayBegun = resolve));
  const held = toolsFor<Notebook, object>()({
    name: 'note_held',
    title: 'Held',
    description: 'Waits to be let go.',
    risk: 'read',
    input: z.strictObject({}),
    output: z.object({}),
    async handle(_input, { signal, backend }) {
      const aborted = once(signal, 'abort').then(() => backend.aborted.push('note_held'));
      sayBegun();
      await Promise.race([released, aborted]);
      signal.throwIfAborted();
      return {};
    },
    render: () => 'let go',
  });
  const server = (notebook: Notebook): Server => ({
    ...notebookServer(notebook),
    tools: async () => [...notebookTools, held] as unknown as Awaited<ReturnType<Server['tools']>>,
  });
  const served = await startNotebook({ ...options, server });
  return { served, begun, letGo };
}

async function heldCall(served: NotebookHttp, signal?: AbortSignal): Promise<Response> {
  const { body, headers } = modernCall('note_held');
  return served.post(body, headers, signal);
}

describe('closing the response', () => {
  test.each(['modern', 'legacy'] as const)('cancels the call of a %s client', async (era) => {
    await using served = await startNotebook();
    const client = await served.client(era);
    const controller = new AbortController();
    const call = client.callTool(
      { name: 'note_wait', arguments: { progress: 1 } },
      { signal: controller.signal, onprogress: () => controller.abort() },
    );
    await expect(call).rejects.toThrow(/abort/i);
    await client.close();
    await served.runtime.idle();
    expect(served.notebook.aborted).toEqual(['note_wait']);
    const calls = (await served.events()).filter(({ type }) => type === 'call');
    expect(calls.at(-1)?.outcome?.code).toBe('cancelled');
  });

  test('cancels a call that has answered nothing yet', async () => {
    const { served, begun } = await startHeld();
    await using _served = served;
    const controller = new AbortController();
    const call = heldCall(served, controller.signal);
    await begun;
    controller.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await served.runtime.idle();
    expect(served.notebook.aborted).toEqual(['note_held']);
  });
});

describe('a signal', () => {
  const stop = (served: NotebookHttp) => {
    const exited: number[] = [];
    let leave = (): void => undefined;
    const exit = new Promise<void>((resolve) => (leave = resolve));
    const shutdown = createShutdown({
      runtime: served.runtime,
      stopIntake: () => served.http.stopIntake(),
      drain: () => served.http.drained(),
      exit(code) {
        exited.push(code);
        leave();
      },
    });
    return { shutdown, exited, exit };
  };

  test('lets calls in flight end, takes no new ones, and ends the log', async () => {
    const { served, begun, letGo } = await startHeld();
    await using _served = served;
    const call = heldCall(served);
    await begun;
    const late = await openSocket(served.port);
    late.socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n');
    // Answered on a second connection, so that the server has seen what the first one wrote.
    await raw({ port: served.port, path: '/healthz' });
    const { shutdown, exited, exit } = stop(served);
    shutdown.begin('SIGTERM');
    late.socket.write('\r\n');
    expect(await late.all).toMatch(/^HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*shutting down/i);
    await expect(fetch(`${served.origin}/healthz`)).rejects.toThrow('fetch failed');
    letGo();
    const answer = await call;
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.json()).toMatchObject({ result: { content: [{ text: expect.stringContaining('let go') }] } });
    await exit;
    expect(exited).toEqual([0]);
    expect((await served.events()).slice(-2).map(({ type }) => type)).toEqual(['log.stop', 'checkpoint']);
  });

  test('aborts calls that take longer than the drain, and answers them', async () => {
    const { served, begun } = await startHeld({ patience: { drainMs: 1 } });
    await using _served = served;
    const call = heldCall(served);
    await begun;
    const { shutdown, exit } = stop(served);
    shutdown.begin('SIGTERM');
    const { result } = (await (await call).json()) as { result: Parameters<typeof errorOf>[0] };
    expect(errorOf(result)?.code).toBe('shutting_down');
    await exit;
  });

  test('given twice ends at once', async () => {
    const { served, begun } = await startHeld();
    await using _served = served;
    const call = heldCall(served);
    call.catch(() => undefined);
    await begun;
    const { shutdown, exited } = stop(served);
    shutdown.begin('SIGTERM');
    expect(exited).toEqual([]);
    shutdown.begin('SIGINT');
    expect(exited).toEqual([0]);
    await served.http.close();
  });

  test('is not held up by a stream that only waits for changes', async () => {
    await using served = await startNotebook();
    const { body, headers } = modernCall('unused');
    const listen = {
      ...body,
      method: 'subscriptions/listen',
      params: { _meta: body.params._meta, notifications: { toolsListChanged: true } },
    };
    const { 'mcp-name': _name, ...rest } = { ...headers, 'mcp-method': 'subscriptions/listen' };
    const stream = await served.post(listen, rest);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    served.http.stopIntake();
    await stream.text();
    await served.http.drained();
  });
});
