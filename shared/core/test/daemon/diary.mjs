import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { defineServer, run, setting, settings, toolsFor } from '../../dist/index.js';

// A server whose jobs leave a line in a file: what ran, and how often, can be read there.
const defineTool = toolsFor();
const append = defineTool({
  name: 'diary_append',
  title: 'Append',
  description: 'Adds a line to the diary, slowly enough to be killed before and after it.',
  risk: 'write',
  input: z.strictObject({ slow: z.int().default(100).describe('ms before and after the line') }),
  output: z.object({ verdict: z.enum(['ok', 'warning', 'critical', 'unknown']) }),
  plan: async ({ slow }) => ({
    summary: 'append a line',
    steps: ['append'],
    targets: [{ type: 'diary', id: 'diary' }],
    warnings: [],
    undo: 'none',
    observed: { slow },
  }),
  async apply({ observed }, { settings: { file } }) {
    await sleep(observed.slow);
    await appendFile(file, `${process.pid}\n`);
    await sleep(observed.slow);
    return { verdict: 'warning' };
  },
  render: ({ verdict }) => `${verdict.toUpperCase()}: a line was added.`,
});

await run(
  defineServer({
    name: 'mcp-diary',
    title: 'Diary',
    version: '1.0.0',
    prefix: 'diary_',
    instructions: 'Keeps a diary.',
    settings: settings({
      file: setting({ schema: z.string(), flag: 'file', env: 'DIARY_FILE', description: 'where the lines go' }),
      ownPart: setting({
        schema: z.enum(['none', 'works', 'fails']).default('none'),
        flag: 'own-part',
        description: 'what the daemon does beside its jobs',
      }),
    }),
    connect: async () => ({ close: async () => undefined }),
    tools: async () => [append],
    async daemon(_diary, { settings: { ownPart }, signal, log }) {
      if (ownPart === 'none') return;
      log('info', 'own part begins');
      if (ownPart === 'fails') throw new Error('no gateway');
      await once(signal, 'abort');
      await sleep(100);
      log('info', 'own part has ended');
    },
  }),
);
