import { once } from 'node:events';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { defineServer, toolsFor } from '../index.ts';
import { connect, tempState } from '../testing/index.ts';

interface Backend {
  close(): Promise<void>;
}

const look = toolsFor<Backend, object>()({
  name: 'look_now',
  title: 'Look',
  description: 'Looks.',
  risk: 'read',
  input: z.strictObject({}),
  output: z.strictObject({ seen: z.boolean() }),
  handle: async () => ({ seen: true }),
  render: () => 'seen',
});

function recorder(work: (told: string[], signal: AbortSignal) => Promise<void>) {
  const told: string[] = [];
  const server = defineServer({
    name: 'mcp-look',
    title: 'Look',
    version: '0.0.1',
    prefix: 'look_',
    instructions: 'Looks.',
    settings: {},
    connect: async () => ({ close: async () => void told.push('backend closed') }),
    async background(_backend, { isDaemon, signal, state }) {
      told.push(`begun${isDaemon ? ' in a daemon' : ''}`);
      await state.store.write('seen', { at: 1 });
      await work(told, signal);
    },
    tools: async () => [look],
  });
  return { server, told };
}

async function untilTold(told: string[], signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  told.push('ended');
}

describe('what goes on beside calls', () => {
  it('begins with the first connection and ends before the backend is closed', async () => {
    await using state = await tempState();
    const { server, told } = recorder(untilTold);
    const connected = await connect(server, { era: 'modern', env: state.env, stays: 'server' });
    expect(told).toEqual([]);
    await connected.client.callTool({ name: 'look_now', arguments: {} });
    await connected.client.callTool({ name: 'look_now', arguments: {} });
    await expect.poll(() => told).toEqual(['begun']);
    await connected.close();
    expect(told).toEqual(['begun', 'ended', 'backend closed']);
  });

  it('is not begun by a process that ends after its command', async () => {
    await using state = await tempState();
    const { server, told } = recorder(untilTold);
    await using connected = await connect(server, { era: 'modern', env: state.env });
    await connected.client.callTool({ name: 'look_now', arguments: {} });
    expect(told).toEqual([]);
  });

  it('fails without failing a call, and is told on stderr', async () => {
    await using state = await tempState();
    const { server } = recorder(() => Promise.reject(new Error('the disk is full')));
    await using connected = await connect(server, { era: 'modern', env: state.env, stays: 'daemon' });
    for (const _ of [1, 2]) {
      expect(await connected.client.callTool({ name: 'look_now', arguments: {} })).not.toHaveProperty('isError');
    }
    await expect.poll(() => connected.stderr()).toContain('the disk is full');
  });
});
