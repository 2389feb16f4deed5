import { defineServer, run, settings, toolsFor } from '@cinecom/mcp-core';
import * as z from 'zod';

// A server of one trivial tool: what is measured is then the core's own cost.
const defineTool = toolsFor<{ close(): Promise<void> }, object>();
const answer = defineTool({
  name: 'bench_answer',
  title: 'Answer',
  description: 'Says how long the given text is.',
  risk: 'read',
  input: z.strictObject({ text: z.string().max(1000).describe('any text') }),
  output: z.object({ characters: z.int() }),
  handle: ({ text }) => ({ characters: text.length }),
  render: ({ characters }) => `OK: ${characters} characters.`,
});

await run(
  defineServer({
    name: 'mcp-bench',
    title: 'Bench',
    version: '1.0.0',
    prefix: 'bench_',
    instructions: 'Measures.',
    settings: settings({}),
    connect: async () => ({ close: async () => undefined }),
    tools: async () => [answer],
  }),
);
