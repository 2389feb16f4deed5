import type { HistoryMetric } from '@cinecom/testbed';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { openClient } from './support/open-client.ts';
import { cinemaPrometheus } from './support/cinema.ts';

const minute = 60_000;
const began = Date.now();
const since = (minutes: number, valueAt: (at: number) => number) => (at: number) =>
  at < began - minutes * minute ? undefined : valueAt(at);

/** Seconds of idle CPU of a host that is busy to this share. */
const idle = (busy: number) => (at: number) => ((at - began) / 1000 + 1e6) * (1 - busy);
const cpu = (instance: string, busy: number, minutes: number) => ({
  labels: { instance, mode: 'idle', cpu: '0' },
  valueAt: since(minutes, idle(busy)),
});
const gauge = (name: string, values: Readonly<Record<string, number>>): HistoryMetric => ({
  name,
  series: Object.entries(values).map(([instance, value]) => ({ labels: { instance }, valueAt: () => value })),
});
const bucket = (le: string, perSecond: number) => ({
  labels: { service: 'movie', le },
  valueAt: (at: number) => ((at - began) / 1000 + 1e6) * perSecond,
});

const metrics: readonly HistoryMetric[] = [
  {
    name: 'node_cpu_seconds_total',
    type: 'counter',
    series: [cpu('busy', 0.99, 60), cpu('young', 0.99, 6), cpu('calm', 0.2, 60)],
  },
  gauge('node_memory_MemTotal_bytes', { busy: 100, old: 100, calm: 100 }),
  gauge('node_memory_MemAvailable_bytes', { busy: 5, calm: 80 }),
  // a kernel that does not tell what is available
  ...['Buffers', 'Cached', 'MemFree', 'Slab'].map((part) => gauge(`node_memory_${part}_bytes`, { old: 1 })),
  {
    name: 'http_request_duration_seconds_bucket',
    series: [bucket('0.1', 1), bucket('1', 2), bucket('+Inf', 100)],
  },
];

describe('prom_resources and prom_services', () => {
  describeWithEachPrometheus(
    () => cinemaPrometheus({ metrics }),
    'on hosts and services that are known',
    ({ server }) => {
      interface Report {
        readonly findings: readonly { readonly id: string; readonly object: string; readonly evidence: string }[];
        readonly notExamined: readonly { readonly what: string }[];
      }

      it('finds what was beyond its threshold for all of its time, and says nothing of what is too young', async () => {
        await using client = await openClient(server().url);
        const { findings, notExamined } = await client.data<Report>('prom_resources');
        const of = (id: string) => findings.filter((one) => one.id === id).map(({ object }) => object);
        expect(of('cpu')).toEqual(['{instance="busy"}']);
        expect(of('memory').toSorted()).toEqual(['{instance="busy"}', '{instance="old"}']);
        expect(findings.find(({ id }) => id === 'cpu')?.evidence).toBe('CPU in use at least 99 % throughout 15m');
        expect(notExamined).toEqual([expect.objectContaining({ what: 'containers' })]);
      });

      it('names a host whose resources go to waste only with a week behind it', async () => {
        await using client = await openClient(server().url);
        expect(await client.ask('prom_resources', { view: 'waste' })).toMatch(/Not examined: [^]*no figures of a week/);
      });

      it('refuses a selector that is none', async () => {
        await using client = await openClient(server().url);
        expect(await client.refusal('prom_resources', { selector: '{instance}' })).toMatchObject({
          code: 'invalid_input',
        });
        expect(await client.ask('prom_resources', { selector: '{instance="calm"}' })).toMatch(/^OK: /);
      });

      it('tells the share of errors, and a quantile beyond the last bucket as at least that', async () => {
        await using client = await openClient(server().url);
        const answer = await client.ask('prom_services', { window: '10m' });
        expect(answer).toMatch(/\|`movie`\|[\d.]+\|[^|]*\|2 %\|≥ 1 s\|≥ 1 s\|≥ 1 s\|/);
        expect(answer).toContain('`sum by (service) (rate(http_requests_total[10m]))`');
        expect(answer).toMatch(/^OK: 2 services, by http_requests_total/);
        expect(await client.refusal('prom_services', { by: 'shop' })).toMatchObject({ code: 'invalid_input' });
      });
    },
  );
});
