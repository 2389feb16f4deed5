import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderChart } from '@cinecom/chart';
import { backtestRule, backtestStart, checkQuery, type Series } from '@cinecom/promql';
import { historyText, missingPrometheus, startPrometheus } from '@cinecom/testbed';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { measurePeer } from './peers.ts';
import { mediansInTurn } from './timed.ts';

const seriesCount = 5000;
const minute = 60_000;
const day = 24 * 60 * minute;

const expressions: readonly string[] = [
  'sum by (job) (rate(http_requests_total{status=~"5.."}[5m])) / (sum by (job) (rate(http_requests_total[5m])) > 0) > 0.1',
  'histogram_quantile(0.99, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m]))) > 2',
  'predict_linear(node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"}[6h], 4 * 86400) < 0',
  'max_over_time((1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])))[15m:1m]) > 0.9',
  'absent(up{job="api"}) or up{job="api"} == 0',
];

/** What mcp-prometheus costs above the server it asks, how small its answers stay, and what its own arithmetic takes. */
export async function prometheusFigures(binary: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const missing = missingPrometheus();
  if (missing !== undefined) {
    console.error(`prometheus: not measured: ${missing}`);
    return pureFigures();
  }
  const end = Math.floor((Date.now() - 2 * minute) / minute) * minute;
  const history = historyText(
    [
      {
        name: 'many',
        series: Array.from({ length: seriesCount }, (_, n) => ({
          labels: { n: String(n), job: 'bench' },
          valueAt: () => n,
        })),
      },
    ],
    { start: end - 30 * minute, end, stepMs: minute },
  );
  const server = await startPrometheus({ history });
  const client = new LineClient([binary, '--rate', '0'], { ...env, PROMETHEUS_URL: server.url });
  try {
    await client.request('server/discover');
    return [
      ...(await queryFigures(client, server.url)),
      ...(await overviewFigures(client)),
      ...(await pureFigures()),
      ...(await peerFigures(server.url, env)),
    ];
  } finally {
    await client.close();
    await server.stop();
  }
}

async function queryFigures(client: LineClient, url: string): Promise<readonly Figure[]> {
  let turn = 0;
  // another query each time, so that no answer is one that was kept
  const next = (): string => `vector(${(turn += 1)})`;
  const ms = await mediansInTurn({
    raw: async () =>
      (await fetch(`${url}/api/v1/query`, { method: 'POST', body: new URLSearchParams({ query: next() }) })).text(),
    tool: () => ask(client, 'prom_query', { query: next() }),
  });
  const began = performance.now();
  const bytes = await ask(client, 'prom_query', { query: 'many offset 2m' });
  const took = performance.now() - began;
  return [
    {
      name: 'Prometheus: one raw query',
      value: ms.raw,
      unit: 'ms',
      how: 'medians of 300 calls, in blocks of 20 that take turns',
    },
    {
      name: 'prom_query above the raw query',
      value: ms.tool - ms.raw,
      unit: 'ms',
      target: { atMost: 5 },
      how: 'over stdio, with audit, redaction, guard',
    },
    {
      name: `answer of ${seriesCount} series`,
      value: bytes,
      unit: 'B',
      target: { atMost: 8000 },
      how: 'prom_query many, once',
    },
    { name: `prom_query of ${seriesCount} series`, value: took, unit: 'ms', how: 'counted, read, ranked, shown; once' },
  ];
}

async function overviewFigures(client: LineClient): Promise<readonly Figure[]> {
  const began = performance.now();
  await ask(client, 'prom_overview', {});
  return [
    {
      name: `prom_overview, ${seriesCount} series`,
      value: performance.now() - began,
      unit: 'ms',
      target: { atMost: 10_000 },
      how: 'once, cold',
    },
  ];
}

async function pureFigures(): Promise<readonly Figure[]> {
  return [lintFigure(), backtestFigure(), await chartFigure()];
}

function lintFigure(): Figure {
  const rounds = 400;
  for (const text of expressions) checkQuery(text);
  const began = performance.now();
  for (let round = 0; round < rounds; round += 1) for (const text of expressions) checkQuery(text);
  const seconds = (performance.now() - began) / 1000;
  return {
    name: 'parse and type check',
    value: Math.round((rounds * expressions.length) / seconds),
    unit: 'expressions/s',
    target: { atLeast: 500 },
    how: `${expressions.length} expressions of alerts, ${rounds} rounds`,
  };
}

function backtestFigure(): Figure {
  const rule = { name: 'Bench', labels: { severity: 'warning' }, forMs: 5 * minute, keepFiringForMs: 0 };
  const intervalMs = 15_000;
  const end = 30 * day;
  const span = { start: end - 7 * day, end };
  const start = backtestStart(span, rule, intervalMs);
  const count = Math.floor((end - start) / intervalMs) + 1;
  const series = Array.from({ length: 100 }, (_, n): Series => {
    const points = Array.from({ length: count }, (_, index) => [start + index * intervalMs, n] as const);
    return { labels: { n: String(n) }, points: points.filter((_, index) => (index + n * 7) % 100 < 60) };
  });
  const began = performance.now();
  const { episodes } = backtestRule(rule, series, span, intervalMs);
  return {
    name: 'backtest of 7 d, 100 series',
    value: performance.now() - began,
    unit: 'ms',
    target: { atMost: 2000 },
    how: `beyond the queries; ${episodes.length} episodes at 15 s`,
  };
}

async function chartFigure(): Promise<Figure> {
  const series = Array.from({ length: 10 }, (_, n) => ({
    name: `series ${n}`,
    points: Array.from({ length: 300 }, (_, index) => [index * minute, Math.sin(index / 20 + n)] as const),
  }));
  const draw = () =>
    renderChart(
      { kind: 'timeseries', title: 'bench', series, span: { start: 0, end: 300 * minute }, stepMs: minute },
      { signal: new AbortController().signal },
    );
  await draw();
  const began = performance.now();
  const { png } = await draw();
  return {
    name: 'chart of 10 series, 300 points each',
    value: performance.now() - began,
    unit: 'ms',
    how: `warm, 1000 × 400 px, ${png?.length ?? 0} B`,
  };
}

const peer = 'prometheus-mcp';

/** The npm server of the same purpose, where `BENCH_PEERS_DIR` has it: one series and all of them. */
async function peerFigures(url: string, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const path = join(process.env['BENCH_PEERS_DIR'] ?? '', 'node_modules', peer, 'dist', 'index.mjs');
  if (process.env['BENCH_PEERS_DIR'] === undefined || !existsSync(path)) return [];
  const asked = { tool: 'prometheus_query', env: { ...env, PROMETHEUS_URL: url } };
  const one = await measurePeer(peer, [path, 'stdio'], {
    ...asked,
    arguments: { query: 'vector(1)' },
    what: 'vector(1)',
  });
  const all = await measurePeer(peer, [path, 'stdio'], {
    ...asked,
    arguments: { query: 'many offset 2m' },
    what: `${seriesCount} series`,
  });
  return [...one, ...all.filter(({ name }) => name.includes('series'))];
}

async function ask(client: LineClient, name: string, args: Readonly<Record<string, unknown>>): Promise<number> {
  const { message } = await client.request('tools/call', { name, arguments: args });
  const result = message.result as
    { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] } | undefined;
  if (message.error !== undefined || result?.isError === true)
    throw new Error(`${name} failed: ${JSON.stringify(message)}`);
  return Buffer.byteLength(result?.content?.[0]?.text ?? '');
}
