import type { Finding } from '@cinecom/mcp-core';
import type { Configuration, ScrapeJob } from '../../model/configuration.ts';
import { cannot, type ConfigReading, type SectionResult } from './reading.ts';

const clockSlackMs = 2000;

/** Whether the named file belongs to the server that answers. */
export function identityFindings({ identity }: ConfigReading): SectionResult {
  if (identity === undefined || identity.state === 'unknown') {
    return cannot('identity', identity?.differs.join(', ') ?? 'the server does not tell its configuration');
  }
  if (identity.state === 'same') return { findings: [], notExamined: [] };
  return {
    findings: [
      {
        id: 'other_server',
        severity: 'warning',
        object: 'file and running server',
        evidence: `differ in ${identity.differs.join(', ')}`,
        threshold: 'the same external labels, jobs and rule files',
        fix: 'Name the configuration of this server with --config, or its address with --url; rule edits are refused until then',
      },
    ],
    notExamined: [],
  };
}

/** Whether the server runs what stands in the file, and whether its last reload went well. */
export function driftFindings({ file, identity, running, runtime }: ConfigReading): SectionResult {
  const findings: Finding[] = [];
  if (runtime?.reloadSucceeded === false) {
    findings.push({
      id: 'reload_failed',
      severity: 'warning',
      object: 'configuration',
      evidence: 'the last reload failed: the server runs on what it had before',
      threshold: 'the last reload succeeded',
      fix: 'Run promtool check config on the file, correct it, reload',
    });
  }
  if (file === undefined) return { findings, notExamined: [{ what: 'drift', why: 'no --config is given' }] };
  if (identity?.state === 'different')
    return { findings, notExamined: [{ what: 'drift', why: 'the file is of another server' }] };
  if (runtime !== undefined && runtime.lastReloadAt > 0 && file.modifiedAt > runtime.lastReloadAt + clockSlackMs) {
    findings.push({
      id: 'not_reloaded',
      severity: 'warning',
      object: 'configuration',
      evidence: `file changed ${new Date(file.modifiedAt).toISOString()}, loaded ${new Date(runtime.lastReloadAt).toISOString()}`,
      threshold: 'loaded after its last change',
      fix: 'Reload Prometheus, or find out who changed the file',
    });
  }
  const differs = running === undefined ? [] : differences(file.configuration, running);
  if (differs.length > 0) {
    findings.push({
      id: 'drift',
      severity: 'warning',
      object: 'file and running configuration',
      evidence: `differ in ${differs.slice(0, 10).join(', ')}${differs.length > 10 ? ` and ${differs.length - 10} more` : ''}`,
      threshold: 'equal',
      fix: 'Reload Prometheus, or bring the file to what runs',
    });
  }
  return {
    findings,
    notExamined: running === undefined ? [{ what: 'drift', why: 'the server does not tell its configuration' }] : [],
  };
}

/** Keys in which two configurations differ, never their values. */
export function differences(file: Configuration, running: Configuration): readonly string[] {
  const jobs = new Map(running.jobs.map((job) => [job.name, job]));
  const own = new Set(file.jobs.map(({ name }) => name));
  return [
    ...(file.scrapeIntervalMs === running.scrapeIntervalMs ? [] : ['global.scrape_interval']),
    ...(file.evaluationIntervalMs === running.evaluationIntervalMs ? [] : ['global.evaluation_interval']),
    ...(sameText(sorted(file.externalLabels), sorted(running.externalLabels)) ? [] : ['global.external_labels']),
    // names alone: a running server tells them with its own folder in front
    ...(file.ruleFiles.length === running.ruleFiles.length ? [] : ['rule_files']),
    ...(sameText(file.alertmanagers, running.alertmanagers) ? [] : ['alerting']),
    ...(file.remoteWrites === running.remoteWrites ? [] : ['remote_write']),
    ...file.jobs.flatMap((job) => jobDifferences(job, jobs.get(job.name))),
    ...running.jobs.filter(({ name }) => !own.has(name)).map(({ name }) => `job ${name} (runs, not in the file)`),
  ];
}

function jobDifferences(job: ScrapeJob, running: ScrapeJob | undefined): readonly string[] {
  if (running === undefined) return [`job ${job.name} (not running)`];
  const keys: readonly (keyof ScrapeJob)[] = [
    'scheme',
    'metricsPath',
    'intervalMs',
    'timeoutMs',
    'staticTargets',
    'discovery',
    'relabelings',
  ];
  return keys.filter((key) => !sameText(job[key], running[key])).map((key) => `job ${job.name}: ${key}`);
}

function sorted(labels: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function sameText(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
