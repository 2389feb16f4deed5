import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWithEachPrometheus, describeWithProgram } from '../vitest.ts';
import { historyText } from './history.ts';
import { type Exporter, startExporter } from './start-exporter.ts';
import { startAlertmanager, startNodeExporter } from './start-side-server.ts';

const hour = 3_600_000;

describe('a Prometheus of the test bed', () => {
  let exporter: Exporter;
  beforeAll(async () => void (exporter = await startExporter('seats_free 3\n')));
  afterAll(() => exporter.stop());

  const options = () => {
    const end = Date.now() - 120_000;
    return {
      config: `
global: { scrape_interval: 1s, evaluation_interval: 1s }
scrape_configs: [{ job_name: cinema, static_configs: [{ targets: ['${exporter.address}'] }] }]
`,
      history: historyText(
        [
          {
            name: 'tickets_total',
            type: 'counter',
            series: [{ labels: { film: '東京' }, valueAt: (at) => at / 1000 }],
          },
        ],
        { start: end - 3 * hour, end, stepMs: 60_000 },
      ),
    };
  };

  describeWithEachPrometheus(options, 'history and now', ({ server }) => {
    it('knows the history and scrapes what is true now', async () => {
      const found = (await server().ask('query', { query: 'rate(tickets_total[1h] offset 10m)' })) as {
        readonly result: readonly { readonly metric: object; readonly value: readonly [number, string] }[];
      };
      expect(found.result[0]?.metric).toEqual({ film: '東京' });
      expect(Number(found.result[0]?.value[1])).toBeCloseTo(1, 6);
      await vi.waitFor(async () => {
        const now = await server().ask('query', { query: 'seats_free' });
        expect(now).toMatchObject({ result: [{ value: [expect.any(Number), '3'] }] });
      }, 10_000);
    });

    it('takes another configuration, and says no to a broken one', async () => {
      server().write('prometheus.yml', 'global: { scrape_interval: 2s }\n');
      await server().reload();
      expect(await server().ask('status/config')).toMatchObject({
        yaml: expect.stringContaining('scrape_interval: 2s'),
      });
      server().write('prometheus.yml', 'globule: {}\n');
      await expect(server().reload()).rejects.toThrow('500');
    });
  });
});

describeWithProgram('alertmanager', 'an Alertmanager of the test bed', () => {
  it('answers, and is gone when it is stopped', async () => {
    const started = await startAlertmanager();
    expect((await fetch(`${started.url}/api/v2/status`)).status).toBe(200);
    await started.stop();
    await expect(fetch(`${started.url}/api/v2/status`)).rejects.toThrow('fetch failed');
  });
});

describeWithProgram('nodeExporter', 'a node exporter of the test bed', () => {
  it('tells of this machine', async () => {
    const started = await startNodeExporter();
    expect(await (await fetch(`${started.url}/metrics`)).text()).toContain('node_memory_MemAvailable_bytes');
    await started.stop();
  });
});
