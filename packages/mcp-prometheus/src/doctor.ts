import { type CheckRow, counted, duration, isToolError } from '@cinecom/mcp-core';
import type { PrometheusBackend } from './backend/port.ts';
import type { PrometheusSettings } from './settings.ts';

const largestSkewMs = 5000;

/** What `check` adds once Prometheus is reached: version, identity, reload, Alertmanagers, rule files, clocks. */
export async function doctor(
  backend: PrometheusBackend,
  settings: PrometheusSettings,
  signal: AbortSignal,
): Promise<readonly CheckRow[]> {
  return [
    await version(backend, signal),
    await identity(backend, signal),
    await alertmanagers(backend, signal),
    await lifecycle(backend, settings, signal),
    await ruleFiles(backend, settings, signal),
    await clock(backend, signal),
  ];
}

async function version(backend: PrometheusBackend, signal: AbortSignal): Promise<CheckRow> {
  const facts = await backend.facts(signal);
  const has = [
    facts.hasFormatQuery ? 'format_query' : '',
    facts.hasParseQuery ? 'parse_query' : '',
    facts.hasKeepFiringFor ? 'keep_firing_for' : '',
    facts.hasNativeHistograms ? 'native histograms' : '',
    facts.hasNotifications ? 'notifications' : '',
  ].filter((part) => part !== '');
  const detail = `${facts.product} ${facts.version || 'of unknown version'} at ${facts.url}; ${has.join(', ') || 'none of the newer calls'}`;
  return { check: 'version', status: facts.hasFormatQuery ? 'ok' : 'warning', detail };
}

async function identity({ files }: PrometheusBackend, signal: AbortSignal): Promise<CheckRow> {
  const check = 'identity';
  const { state, differs } = await files.identity(signal);
  if (state === 'same') return { check, status: 'ok', detail: 'the file of --config is of this server' };
  if (state === 'unknown') return { check, status: 'ok', detail: `not compared: ${differs.join(', ')}` };
  return {
    check,
    status: 'warning',
    detail: `file and running server differ in ${differs.join(', ')}`,
    fix: 'name the configuration of this server with --config, or its address with --url',
  };
}

async function alertmanagers({ alertmanagers: all }: PrometheusBackend, signal: AbortSignal): Promise<CheckRow> {
  const check = 'Alertmanager';
  if (all.addresses.length === 0) {
    return { check, status: 'warning', detail: 'none is known', fix: 'set --alertmanager-url (ALERTMANAGER_URL)' };
  }
  return all.silences(signal).then(
    ({ unasked }): CheckRow =>
      unasked.length === 0
        ? { check, status: 'ok', detail: `${all.addresses.join(', ')} answers` }
        : { check, status: 'warning', detail: unasked.map(({ why }) => why).join('; ') },
    (error: unknown): CheckRow => told(check, error),
  );
}

async function lifecycle(
  backend: PrometheusBackend,
  { rulesMode, reloadCommand }: PrometheusSettings,
  signal: AbortSignal,
): Promise<CheckRow> {
  const check = 'reload';
  const isOn = await backend.flags(signal).then(
    (flags) => flags.get('web.enable-lifecycle') === 'true',
    () => undefined,
  );
  const command = reloadCommand === undefined ? '' : `, reloadCommand ${reloadCommand[0]}`;
  if (rulesMode === 'propose') return { check, status: 'ok', detail: 'not needed: rules are proposed, never written' };
  if (isOn === true || reloadCommand !== undefined) {
    return { check, status: 'ok', detail: `over HTTP ${isOn === true ? 'on' : 'off'}${command}` };
  }
  return {
    check,
    status: 'warning',
    detail: 'over HTTP off, and no reloadCommand: rule edits would be taken back',
    fix: 'start Prometheus with --web.enable-lifecycle, or set reloadCommand in the settings file',
  };
}

async function ruleFiles(
  { files }: PrometheusBackend,
  { rulesMode }: PrometheusSettings,
  signal: AbortSignal,
): Promise<CheckRow> {
  const check = 'rule files';
  return files.ruleFiles(signal).then(
    (all): CheckRow => {
      const fixed = all.filter(({ writable }) => !writable);
      const detail = `${counted(all.length, 'file')}, ${all.length - fixed.length} writable`;
      if (rulesMode === 'propose' || fixed.length === 0) return { check, status: 'ok', detail };
      return { check, status: 'warning', detail, fix: 'let this account write the files, or use --rules-mode propose' };
    },
    (error: unknown): CheckRow => told(check, error),
  );
}

async function clock(backend: PrometheusBackend, signal: AbortSignal): Promise<CheckRow> {
  const skewMs = await backend.clockSkewMs(signal);
  const detail = `${duration(Math.abs(skewMs))} ${skewMs >= 0 ? 'ahead of' : 'behind'} this machine`;
  if (Math.abs(skewMs) <= largestSkewMs)
    return { check: 'clock of Prometheus', status: 'ok', detail: 'within 5 s of this machine' };
  return {
    check: 'clock of Prometheus',
    status: 'warning',
    detail,
    fix: 'keep both clocks by NTP: "now" means two things',
  };
}

function told(check: string, error: unknown): CheckRow {
  if (!isToolError(error)) throw error;
  return { check, status: 'warning', detail: error.message, ...(error.hint === undefined ? {} : { fix: error.hint }) };
}
