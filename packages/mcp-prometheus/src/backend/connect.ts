import { dirname, resolve } from 'node:path';
import { type ConnectContext, isToolError, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Configuration } from '../model/configuration.ts';
import type { ConfigFile } from '../model/rule-files.ts';
import type { PrometheusSettings } from '../settings.ts';
import { createAlertmanagers } from './api/alertmanagers.ts';
import { parsed } from './api/parsed.ts';
import { createPrometheusApi, type PrometheusApi } from './api/prometheus-api.ts';
import { createQueries } from './api/queries.ts';
import { readAlerts, readRules } from './api/rules.ts';
import { createServerState } from './api/server-state.ts';
import { readTargets } from './api/targets.ts';
import { discoverAlertmanagers, discoverPrometheus } from './files/discover.ts';
import { compareIdentity } from './files/identity.ts';
import { readConfigFile } from './files/prometheus-config.ts';
import { listRuleFiles, openRuleFile, type RuleFileScope } from './files/rule-files.ts';
import { createEndpoint, type Endpoint } from './http/endpoint.ts';
import { createKeep } from './http/keep.ts';
import { createSharing } from './http/share.ts';
import type { PrometheusBackend } from './port.ts';
import { createRuleEdits } from './rule-edit/create-rule-edits.ts';

const folderMs = 600_000;

/** Finds the servers, and asks Prometheus one thing, so that what is wrong with address or credentials is said at once. */
export async function connect({
  settings,
  signal,
  clock,
}: ConnectContext<PrometheusSettings>): Promise<PrometheusBackend> {
  const timeoutMs = settings.requestTimeout * 1000;
  const own = settings.config === undefined ? undefined : await readConfigFile(settings.config);
  const endpoint = prometheusEndpoint(settings, own?.configuration);
  const api = createPrometheusApi(endpoint, timeoutMs, createSharing());
  const kept = createKeep(clock);
  const state = createServerState(api, kept, clock);
  await state.facts(signal);
  const members = await alertmanagerEndpoints(settings, own?.configuration, api, signal);
  const scope = ruleFileScope(settings, own);
  // a server changes its folder with its process only, and rules are read again and again
  const folder = async (under: AbortSignal) =>
    kept.keep('folder', folderMs, async () => (await state.runtimeInfo(under)).workingFolder);
  const rules = async (under: AbortSignal) => readRules(api, await folder(under), under);
  return {
    ...createQueries(api, kept),
    ...state,
    targets: (under) => readTargets(api, under),
    rules,
    alerts: (under) => readAlerts(api, under),
    externalLabels: async (under) => (await state.configuration(under)).externalLabels,
    alertmanagers: createAlertmanagers(members, timeoutMs),
    ruleEdits: createRuleEdits({ api, state, rules, reloadCommand: settings.reloadCommand }),
    files: {
      config: async () => (settings.config === undefined ? undefined : readConfigFile(settings.config)),
      identity: (under) => compareIdentity(own, state, under),
      ruleFiles: () => listRuleFiles(scope),
      ruleFile: (path) => openRuleFile(path, scope),
    },
    async close() {
      for (const one of [endpoint, ...members]) one.close();
    },
  };
}

function prometheusEndpoint(settings: PrometheusSettings, configuration: Configuration | undefined): Endpoint {
  return withFiles('Prometheus', () =>
    createEndpoint(settings.url ?? discoverPrometheus(configuration), {
      label: 'Prometheus',
      token: settings.token,
      tokenFile: process.env.PROMETHEUS_TOKEN_FILE,
      user: settings.user,
      password: settings.password,
      orgId: settings.orgId,
      caFile: settings.caFile,
      clientCert: settings.clientCert,
      clientKey: settings.clientKey,
    }),
  );
}

async function alertmanagerEndpoints(
  settings: PrometheusSettings,
  configuration: Configuration | undefined,
  api: PrometheusApi,
  signal: AbortSignal,
): Promise<readonly Endpoint[]> {
  const named = settings.alertmanagerUrl.length > 0 ? settings.alertmanagerUrl : discoverAlertmanagers(configuration);
  if (named.length > 0) return named.map((address) => alertmanagerEndpoint(address, settings));
  // Credentials go only where the operator said, never where an answer says.
  const strangers = { ...settings, amToken: undefined, amUser: undefined, amPassword: undefined };
  const addresses = await activeAlertmanagers(api, signal);
  return addresses.map((address) => alertmanagerEndpoint(address, strangers, ''));
}

function alertmanagerEndpoint(
  address: string,
  settings: PrometheusSettings,
  tokenFile = process.env.ALERTMANAGER_TOKEN_FILE,
): Endpoint {
  return withFiles('Alertmanager', () =>
    createEndpoint(address, {
      label: 'Alertmanager',
      token: settings.amToken,
      tokenFile,
      user: settings.amUser,
      password: settings.amPassword,
      caFile: settings.amCaFile,
      clientCert: settings.amClientCert,
      clientKey: settings.amClientKey,
    }),
  );
}

const active = z.object({ activeAlertmanagers: z.array(z.object({ url: z.string() })).default([]) });

/** Those that Prometheus itself sends to; no credentials are known for them beyond ours. */
async function activeAlertmanagers(api: PrometheusApi, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { data } = await api.get('alertmanagers', new URLSearchParams(), signal);
    return parsed(active, data, 'its Alertmanagers')
      .activeAlertmanagers.map(({ url }) => url.replace(/\/api\/v2\/alerts$/, ''))
      .filter((url) => URL.canParse(url));
  } catch (error) {
    if (isToolError(error) && error.code === 'backend_not_found') return []; // a product without them
    throw error;
  }
}

function ruleFileScope(settings: PrometheusSettings, own: ConfigFile | undefined): RuleFileScope {
  const base = own === undefined ? '' : dirname(own.path);
  const patterns = (own?.configuration.ruleFiles ?? []).map((file) => resolve(base, file));
  const folders =
    settings.rulesDir.length > 0 ? settings.rulesDir.map((folder) => resolve(folder)) : patterns.map(dirname);
  return { patterns, folders: [...new Set(folders)] };
}

function withFiles(label: Endpoint['label'], create: () => Endpoint): Endpoint {
  try {
    return create();
  } catch (cause) {
    const flags =
      label === 'Prometheus'
        ? '--ca-file, --client-cert, --client-key'
        : '--am-ca-file, --am-client-cert, --am-client-key';
    throw new ToolError('not_configured', `a certificate file for ${label} cannot be read`, {
      hint: `Check ${flags}.`,
      cause,
    });
  }
}
