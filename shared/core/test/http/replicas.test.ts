import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPClientTransport, type Client } from '@modelcontextprotocol/client';
import { describeWithRedis } from '@cinecom/testbed/vitest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOf, connectClient, type Era, errorOf, textOf } from '../../src/testing/client.ts';
import { connect } from '../../src/testing/connect.ts';
import { tempState } from '../../src/testing/temp-state.ts';
import { createNotebook, notebookServer } from '../fixtures/notebook.ts';
import { type NotebookHttp, startNotebook } from './notebook-http.ts';

/** Sends each request to the next port, whichever connection it came by, as a balancer does that knows nothing of MCP. */
async function startBalancer(ports: readonly number[]) {
  const served = ports.map(() => 0);
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const index = next % ports.length;
    next += 1;
    served[index]! += 1;
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: ports[index], method, path: url, headers, agent: false });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`), served };
}

const eras: readonly Era[] = ['modern', 'legacy'];

describeWithRedis({ control: true }, 'two servers behind a balancer', ({ server }) => {
  async function startReplicas() {
    const env = { MCP_ENCRYPTION_KEY: randomBytes(32).toString('hex'), MCP_STATE_REDIS_URL: server().url };
    const start = async (): Promise<NotebookHttp> => {
      const replica = await startNotebook({ argv: ['--allow', 'destructive', '--rate', '10'], env });
      onTestFinished(() => replica[Symbol.asyncDispose]());
      return replica;
    };
    const replicas = [await start(), await start()] as const;
    return { replicas, balancer: await startBalancer(replicas.map(({ port }) => port)) };
  }

  async function join(url: URL, era: Era): Promise<Client> {
    const client = await connectClient(new StreamableHTTPClientTransport(url), { era });
    onTestFinished(() => client.close());
    return client;
  }

  describe.each(eras)('serve a client of the %s era', (era) => {
    it('that lists and calls, each request wherever it goes', async () => {
      const { replicas, balancer } = await startReplicas();
      for (let round = 0; round < 4; round += 1) {
        const client = await join(balancer.url, era);
        expect((await client.listTools()).tools.map(({ name }) => name)).toContain('note_delete');
        expect(textOf(await client.callTool({ name: 'note_list', arguments: {} }))).toContain('2 notes');
      }
      expect(Math.min(...balancer.served)).toBeGreaterThanOrEqual(4);
      const calls = await Promise.all(
        replicas.map(async (replica) => (await replica.events()).filter(({ type }) => type === 'call')),
      );
      expect(calls.flat()).toHaveLength(4);
    });

    it('that plans at one and applies at the other, once', async () => {
      const { replicas } = await startReplicas();
      const [one, two] = [await replicas[0].client(era), await replicas[1].client(era)];
      const args = { name: 'first' };
      const confirm = codeOf(await one.callTool({ name: 'note_delete', arguments: args }));
      const applied = await two.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
      expect(textOf(applied)).toContain('Deleted. 1 notes left.');
      for (const client of [one, two, one]) {
        const again = await client.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
        expect(errorOf(again)?.code).toBe('confirm_used');
      }
      expect(replicas.map(({ notebook }) => notebook.notes.has('first'))).toEqual([true, false]);
    });

    it('that redeems a code many times at once through the balancer: one effect', async () => {
      const { replicas, balancer } = await startReplicas();
      const client = await join(balancer.url, era);
      let effects = 0;
      for (const { notebook } of replicas) notebook.beforeEffect = async () => void (effects += 1);
      const args = { name: 'first' };
      const confirm = codeOf(await client.callTool({ name: 'note_delete', arguments: args }));
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => client.callTool({ name: 'note_delete', arguments: { ...args, confirm } })),
      );
      expect(effects).toBe(1);
      // Who looked at the code before it was used, and at the note after it was gone, has nothing to redeem it for.
      const done = answers.map(textOf).filter((text) => !/^(confirm_used|NOTHING TO DO)\b/.test(text));
      expect(done).toEqual(['Deleted. 1 notes left.']);
      expect(replicas.filter(({ notebook }) => !notebook.notes.has('first'))).toHaveLength(1);
    });
  });

  it('refuse changes and serve reads while Redis is away, and recover by themselves', async () => {
    const { replicas, balancer } = await startReplicas();
    const client = await join(balancer.url, 'modern');
    const call = (args: Readonly<Record<string, unknown>>) =>
      client.callTool({ name: 'note_delete', arguments: { name: 'first', ...args } });
    const confirm = codeOf(await call({}));
    await server().down();
    for (const args of [{ confirm }, { confirm }, {}]) {
      const refused = await call(args);
      expect(errorOf(refused)).toMatchObject({ code: 'state_unavailable', retryable: true, applied: 'no' });
      expect(textOf(refused)).toContain('MCP_STATE_REDIS_URL');
      expect(textOf(refused)).not.toContain(String(server().port));
      expect(textOf(await client.callTool({ name: 'note_list', arguments: {} }))).toContain('2 notes');
    }
    expect(replicas.every(({ notebook }) => notebook.notes.has('first'))).toBe(true);
    await server().up();
    const fresh = codeOf(await call({}));
    expect(textOf(await call({ confirm: fresh }))).toContain('Deleted. 1 notes left.');
    expect(errorOf(await call({ confirm: fresh }))?.code).toBe('confirm_used');
  });
});

it('over stdio the state folder is used, and no Redis is asked', async () => {
  const state = await tempState();
  onTestFinished(() => state.remove());
  const env = { ...state.env, MCP_STATE_REDIS_URL: 'redis://127.0.0.1:1' };
  const server = notebookServer(createNotebook());
  const connected = await connect(server, { era: 'modern', argv: ['--allow', 'destructive'], env });
  onTestFinished(() => connected.close());
  const call = (args: Readonly<Record<string, unknown>>) =>
    connected.client.callTool({ name: 'note_delete', arguments: { name: 'first', ...args } });
  expect(textOf(await call({ confirm: codeOf(await call({})) }))).toContain('Deleted.');
});
