import { ToolError } from '@cinecom/mcp-core';
import { expect, it } from 'vitest';
import type { BackgroundContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../../settings.ts';
import { createSamples, type SampledProject } from './create-samples.ts';

it('begins once the files can be read that were broken at the start, and tells that once', async () => {
  const files = new Map<string, unknown>();
  const stop = new AbortController();
  const told: string[] = [];
  let asked = 0;
  const project = {
    engine: { info: async () => ({ id: 'E' }), containers: async () => [], stats: async () => undefined },
    compose: {
      async projectName() {
        asked += 1;
        if (asked < 3) throw new ToolError('not_configured', 'the files are not valid');
        return 'cinema';
      },
    },
    now: () => 1_800_000_000_000,
    prometheusUrl: undefined,
  } as unknown as SampledProject;
  const context = {
    settings: { sampleSeconds: 0.01 },
    signal: stop.signal,
    log: (_level: string, text: string) => told.push(text),
    isDaemon: true,
    state: {
      exclusive: (_name: string, work: () => Promise<void>) => work(),
      store: {
        read: async (name: string) => files.get(name),
        async write(name: string, value: unknown) {
          files.set(name, value);
          stop.abort();
        },
      },
    },
  } as unknown as BackgroundContext<ComposeSettings>;
  await createSamples(project).record(context);
  expect([...files.keys()]).toEqual([expect.stringMatching(/^samples-cinema-/)]);
  expect(told).toEqual(['no samples yet: the files are not valid']);
});
