import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyLog } from '@cinecom/mcp-core/audit';
import { startExporter } from '@cinecom/testbed';
import { describeWithPrometheus } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openBinary } from './support/binary.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const exporter = startExporter('up_to_date 1\n');
afterAll(async () => (await exporter).stop());

const options = async () =>
  cinemaPrometheus({ targets: { 'movie-service': [(await exporter).address], gone: ['127.0.0.1:1'] } });

describeWithPrometheus(options, 'the built server over stdio', ({ server }) => {
  beforeAll(async () => {
    await vi.waitFor(async () => {
      const { result } = (await server().ask('query', { query: 'up == 0' })) as { readonly result: readonly unknown[] };
      if (result.length !== 1) throw new Error('not scraped yet');
    }, 10_000);
  });

  describe.each(['modern', 'legacy'] as const)('in the %s era', (era) => {
    it('lists the tools that its ceiling allows, as the pinned definitions have them', async () => {
      const folder = new URL('definitions/', import.meta.url);
      const pinned = (await readdir(folder)).map((name) => name.replace('.json', ''));
      await using reading = await openBinary(server().url, { era });
      await using changing = await openBinary(server().url, { era, argv: ['--allow', 'write'] });
      const names = async (client: typeof reading) =>
        (await client.server.client.listTools()).tools.map(({ name }) => name);
      expect(await names(changing)).toEqual(pinned.toSorted());
      expect(await names(reading)).toEqual(pinned.filter((name) => !/silence|edit_rules/.test(name)).toSorted());
      for (const tool of (await changing.server.client.listTools()).tools) {
        const { description, inputSchema } = JSON.parse(
          await readFile(new URL(`${tool.name}.json`, folder), 'utf8'),
        ) as typeof tool;
        expect(tool).toMatchObject({ description, inputSchema });
      }
    });

    it('says how the night was, and proves that it said so', async () => {
      await using client = await openBinary(server().url, { era });
      expect(await client.ask('prom_overview')).toMatch(/^CRITICAL: [^]*\|critical\|target_down\|`gone`\|`1 of 1 down/);
      expect(await client.ask('prom_query', { query: 'seats_free offset 10m' })).toContain('hall="東京 1"');
      await client.server.close();
      const folder = join(client.state.dir, 'mcp-prometheus');
      expect(await verifyLog({ dir: join(folder, 'audit'), marksDir: join(folder, 'marks') })).toMatchObject({
        verdict: 'ok-unsigned',
        unfinished: [],
      });
    });

    it('answers with data instead of text where that is asked for', async () => {
      await using client = await openBinary(server().url, { era, argv: ['--results', 'structured'] });
      expect(await client.call('prom_query', { query: 'vector(42)' })).toMatchObject({
        content: [],
        structuredContent: { total: 1, series: [{ labels: '{}', last: 42 }] },
      });
    });
  });

  it('finds the server by the job with which it scrapes itself', async () => {
    await using client = await openBinary('', { argv: ['--config', server().configFile] });
    expect(await client.ask('prom_check_config')).toContain(server().url);
  });
});
