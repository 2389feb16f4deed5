import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type SentryDouble, startSentry } from '@cinecom/testbed';
import type { Figure } from './figure.ts';
import { LineClient } from './line-client.ts';
import { median } from './median.ts';
import { peerDefinitionBytes } from './peers.ts';

const projects = 100;
const rounds = 20;
const hour = 3_600_000;
const traceId = 'c0ffee'.padEnd(32, '0');
const issue = 'SERVICE-0-1';
const peer = '@sentry/mcp-server';

/** What the tools that read are asked for by default, besides the overview. */
const defaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  sentry_projects: {},
  sentry_search_issues: {},
  sentry_issue: { issue },
  sentry_issue_events: { issue },
  sentry_query: { fields: ['project', 'title', 'count()'], sort: '-count()' },
  sentry_trace: { trace: traceId },
  sentry_performance: {},
  sentry_release: {},
  sentry_root_cause: { issue },
  sentry_seer_state: { issue },
  sentry_monitors: {},
  sentry_alert_rules: {},
  sentry_unacknowledged: {},
  sentry_usage: {},
  sentry_report: { period: 'day', tz: 'UTC' },
};

/** What a look at a large fleet costs in requests, time and bytes, over a double of Sentry. */
export async function sentryFigures(
  binary: string,
  peersFolder: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<readonly Figure[]> {
  const sentry = await startSentry();
  fillFleet(sentry);
  const around = { ...env, SENTRY_URL: sentry.url, SENTRY_AUTH_TOKEN: sentry.token };
  const client = new LineClient([binary, '--rate', '0', '--allow', 'write'], around);
  try {
    await client.request('server/discover');
    return [
      ...(await overviewFigures(client, sentry)),
      await answerFigure(client),
      await definitionFigure(client),
      ...(await peerFigures(peersFolder, env)),
    ];
  } finally {
    await client.close();
    await sentry.stop();
  }
}

/** Ten that changed, ninety that did not; whatever else the tools can find, in the first one. */
function fillFleet({ world, clock }: SentryDouble): void {
  const now = clock.now();
  for (let index = 0; index < projects; index += 1) {
    const slug = `service-${index}`;
    world.addProject(slug, { teams: ['cinema'], environments: ['production'] });
    const known = world.addIssue(slug, { title: `TimeoutError: upstream of ${slug}`, firstSeen: now - 400 * hour });
    const shared = { environment: 'production', users: 40, release: `${slug}@1.0.0` };
    world.addEvents(known, { ...shared, count: 24 * 60, from: now - 25 * hour, to: now - hour });
    world.addEvents(known, { ...shared, count: index < 10 ? 600 : 60, from: now - hour, to: now });
    world.addSpans(slug, { count: 200, from: now - 2 * hour, to: now, durationMs: 40 + index, transaction: 'GET /' });
    world.addMonitor(slug, { slug: 'nightly', checkins: [{ at: now - hour, status: index < 20 ? 'error' : 'ok' }] });
  }
  const [first] = world.state.issues;
  if (first === undefined) return;
  world.addTrace({ traceId, project: 'service-0', durationMs: 900, errors: [first] });
  world.addRelease('service-0@2.0.0', { projects: ['service-0'], deploys: [{ at: now - 3 * hour }] });
}

async function overviewFigures(client: LineClient, { requests }: SentryDouble): Promise<readonly Figure[]> {
  await ask(client, 'sentry_overview');
  const asked = requests.length;
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    bytes = await ask(client, 'sentry_overview');
    times.push(performance.now() - began);
  }
  const name = `sentry_overview, ${projects} projects`;
  return [
    { name: `${name}: requests`, value: asked, unit: 'requests', target: { atMost: 12 }, how: 'the first call' },
    { name, value: median(times), unit: 'ms', how: `median of ${rounds} calls over stdio, the double’s time included` },
    { name: `${name}: answer`, value: bytes, unit: 'B', target: { atMost: 8000 }, how: 'ten of them changed' },
  ];
}

async function answerFigure(client: LineClient): Promise<Figure> {
  const sizes: (readonly [tool: string, bytes: number])[] = [];
  for (const [tool, args] of Object.entries(defaults)) sizes.push([tool, await ask(client, tool, args)]);
  const [largest = ['none', 0] as const] = sizes.toSorted(([, left], [, right]) => right - left);
  return {
    name: 'Sentry: largest default answer of the others',
    value: largest[1],
    unit: 'B',
    target: { atMost: 8000 },
    how: `${largest[0]}, of ${sizes.length} tools that read`,
  };
}

async function definitionFigure(client: LineClient): Promise<Figure> {
  const { message, bytes } = await client.request('tools/list');
  const { tools } = message.result as { readonly tools: readonly unknown[] };
  const how = `${tools.length} tools, over stdio`;
  return { name: 'mcp-sentry: tools/list', value: bytes, unit: 'B', target: { atMost: 24_000 }, how };
}

/** Only its list is asked for: it has Sentry itself behind it, and no double would do. */
async function peerFigures(folder: string | undefined, env: NodeJS.ProcessEnv): Promise<readonly Figure[]> {
  const path = join(folder ?? '', 'node_modules', peer, 'dist', 'index.js');
  if (folder === undefined || !existsSync(path)) {
    console.error(`${peer}: not measured: BENCH_PEERS_DIR has none`);
    return [];
  }
  // its own reports of faults are switched off
  const argv = [path, '--access-token=none', '--host=sentry.example.com', '--sentry-dsn='];
  const value = await peerDefinitionBytes(peer, argv, { ...env, SENTRY_DSN: '' });
  return [{ name: `${peer}: tools/list`, value, unit: 'B', how: 'peer, over stdio without a model key' }];
}

async function ask(client: LineClient, name: string, args: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { message } = await client.request('tools/call', { name, arguments: args });
  const result = message.result as
    { readonly isError?: boolean; readonly content?: readonly { readonly text?: string }[] } | undefined;
  if (message.error !== undefined || result?.isError === true)
    throw new Error(`${name} failed: ${JSON.stringify(message)}`);
  return Buffer.byteLength(result?.content?.[0]?.text ?? '');
}
