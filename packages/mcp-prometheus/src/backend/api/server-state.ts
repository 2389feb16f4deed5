import { isToolError, type Clock } from '@cinecom/mcp-core';
import { parseDuration } from '@cinecom/promql';
import * as z from 'zod';
import type { RuntimeInfo, ServerFacts, ServerState, TsdbStatus } from '../../model/server-state.ts';
import { parseConfiguration } from '../files/prometheus-config.ts';
import { addressOf } from '../http/errors.ts';
import type { Keep } from '../http/keep.ts';
import { parsed } from './parsed.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { timeOf } from './times.ts';

const lifetime = { factsMs: 600_000, stateMs: 5000 };

const runtime = z.object({
  startTime: z.string().default(''),
  CWD: z.string().default(''),
  reloadConfigSuccess: z.boolean().default(true),
  lastConfigTime: z.string().default(''),
  corruptionCount: z.number().default(0),
  storageRetention: z.string().default(''),
});
const buildInfo = z.object({ version: z.string().default(''), application: z.string().optional() });
const namedCounts = z.array(z.object({ name: z.string(), value: z.coerce.number() })).default([]);
const tsdb = z.object({
  headStats: z
    .object({
      numSeries: z.number().default(0),
      chunkCount: z.number().default(0),
      minTime: z.number().default(0),
      maxTime: z.number().default(0),
    })
    .default({ numSeries: 0, chunkCount: 0, minTime: 0, maxTime: 0 }),
  seriesCountByMetricName: namedCounts,
  labelValueCountByLabelName: namedCounts,
  seriesCountByLabelValuePair: namedCounts,
});

export function createServerState(api: PrometheusApi, kept: Keep, clock: Clock): ServerState {
  const get = (path: string, signal: AbortSignal, parameters: Readonly<Record<string, string>> = {}) =>
    api.get(path, new URLSearchParams(parameters), signal);
  return {
    facts: (signal) => kept.keep('facts', lifetime.factsMs, () => readFacts(api, signal)),
    async isReady(signal) {
      const { status } = await api.raw('GET', '/-/ready', signal);
      // a proxy that passes the API alone answers 404: then being asked and answering is all there is to know
      return status < 400 || status === 404;
    },
    async runtimeInfo(signal) {
      return runtimeOf(parsed(runtime, (await get('status/runtimeinfo', signal)).data, 'its state'));
    },
    flags: (signal) =>
      kept.keep('flags', lifetime.factsMs, async () => {
        const { data } = await get('status/flags', signal);
        return new Map(Object.entries(parsed(z.record(z.string(), z.string()), data, 'its flags')));
      }),
    configuration: (signal) =>
      kept.keep('config', lifetime.stateMs, async () => {
        const { data } = await get('status/config', signal);
        return parseConfiguration(parsed(z.object({ yaml: z.string() }), data, 'its configuration').yaml);
      }),
    async tsdb(limit, signal) {
      return tsdbOf(
        parsed(tsdb, (await get('status/tsdb', signal, { limit: String(limit) })).data, 'its storage'),
        limit,
      );
    },
    async clockSkewMs(signal) {
      const { date } = await get('status/buildinfo', signal);
      return date === undefined ? 0 : date - Math.floor(clock.now() / 1000) * 1000;
    },
  };
}

/** By asking, not by the version: proxies and other products tell versions that say little. */
async function readFacts(api: PrometheusApi, signal: AbortSignal): Promise<ServerFacts> {
  const has = async (path: string, parameters: Readonly<Record<string, string>>): Promise<boolean> => {
    try {
      await api.get(path, new URLSearchParams(parameters), signal);
      return true;
    } catch (error) {
      if (isToolError(error) && (error.code === 'backend_not_found' || error.code === 'invalid_input')) return false;
      throw error;
    }
  };
  const [build, hasFormatQuery, hasParseQuery, hasNotifications] = await Promise.all([
    readBuild(api, signal),
    has('format_query', { query: '1' }),
    has('parse_query', { query: '1' }),
    has('notifications', {}),
  ]);
  const [major = 0, minor = 0] = build.version.split('.').map(Number);
  return {
    url: addressOf(api.endpoint),
    product: build.product,
    version: build.version,
    hasFormatQuery,
    hasParseQuery,
    hasKeepFiringFor: major > 2 || (major === 2 && minor >= 42),
    hasNativeHistograms: major > 2 || (major === 2 && minor >= 40),
    hasNotifications,
  };
}

async function readBuild(
  api: PrometheusApi,
  signal: AbortSignal,
): Promise<{ readonly product: string; readonly version: string }> {
  try {
    const { data } = await api.get('status/buildinfo', new URLSearchParams(), signal);
    const { version, application } = parsed(buildInfo, data, 'its version');
    return { product: application ?? 'Prometheus', version: /^[\w.+-]{1,40}$/.test(version) ? version : '' };
  } catch (error) {
    if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
    // a product that does not tell its version, if it can answer a query; else it is no Prometheus at all
    await api.post('query', new URLSearchParams({ query: '1' }), signal);
    return { product: 'a server with the API of Prometheus', version: '' };
  }
}

function runtimeOf(info: z.output<typeof runtime>): RuntimeInfo {
  // "15d", "15d or 100GiB", or a size alone
  const [time = ''] = info.storageRetention.split(' or ');
  return {
    startedAt: timeOf(info.startTime),
    workingFolder: info.CWD,
    reloadSucceeded: info.reloadConfigSuccess,
    lastReloadAt: timeOf(info.lastConfigTime),
    storageRetention: info.storageRetention,
    retentionMs: parseDuration(time),
    corruptionCount: info.corruptionCount,
  };
}

/** Versions that do not know `limit` ignore it, so it is held here once more. */
function tsdbOf(status: z.output<typeof tsdb>, limit: number): TsdbStatus {
  return {
    seriesCount: status.headStats.numSeries,
    chunkCount: status.headStats.chunkCount,
    minTime: status.headStats.minTime,
    maxTime: status.headStats.maxTime,
    seriesByMetric: status.seriesCountByMetricName.slice(0, limit),
    valuesByLabel: status.labelValueCountByLabelName.slice(0, limit),
    seriesByPair: status.seriesCountByLabelValuePair.slice(0, limit),
  };
}
