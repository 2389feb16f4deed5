import type { Finding, Severity } from '@cinecom/mcp-core';
import type { HealthReading, ServerSetting } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { notRead, type Check } from './types.ts';

interface Rule {
  readonly name: string;
  readonly bad: (value: string, reading: HealthReading) => boolean;
  readonly severity: Severity;
  readonly evidence: string;
  readonly threshold: string;
  readonly fix: string;
}

const off = (value: string) => value === 'off';

const rules: readonly Rule[] = [
  {
    name: 'fsync',
    bad: off,
    severity: 'critical',
    evidence: 'off: a crash of the machine destroys the data',
    threshold: 'on',
    fix: 'ALTER SYSTEM SET fsync = on, then reload',
  },
  {
    name: 'full_page_writes',
    bad: off,
    severity: 'critical',
    evidence: 'off: a crash can leave half-written pages',
    threshold: 'on',
    fix: 'ALTER SYSTEM SET full_page_writes = on, then reload',
  },
  {
    name: 'autovacuum',
    bad: off,
    severity: 'critical',
    evidence: 'off: tables bloat, and the server will stop at wraparound',
    threshold: 'on',
    fix: 'ALTER SYSTEM SET autovacuum = on, then reload',
  },
  {
    name: 'track_counts',
    bad: off,
    severity: 'critical',
    evidence: 'off: autovacuum cannot work without it',
    threshold: 'on',
    fix: 'ALTER SYSTEM SET track_counts = on, then reload',
  },
  {
    name: 'ssl',
    bad: (value, { facts }) => value === 'off' && facts.remote,
    severity: 'warning',
    evidence: 'off: passwords and data cross the network in clear',
    threshold: 'on',
    fix: 'Install a certificate and ALTER SYSTEM SET ssl = on',
  },
  {
    name: 'idle_in_transaction_session_timeout',
    bad: (value) => value === '0',
    severity: 'info',
    evidence: '0: a forgotten transaction stays open for ever',
    threshold: 'over 0',
    fix: "ALTER SYSTEM SET idle_in_transaction_session_timeout = '10min', then reload",
  },
  {
    name: 'max_slot_wal_keep_size',
    bad: (value, { replication }) =>
      value === '-1' && replication !== undefined && isRead(replication) && replication.value.slots.length > 0,
    severity: 'warning',
    evidence: '-1 with replication slots: a stopped consumer fills the disk',
    threshold: 'a size',
    fix: "ALTER SYSTEM SET max_slot_wal_keep_size = '50GB', by the room on the disk, then reload",
  },
];

export const settingsCheck: Check = {
  name: 'settings',
  weight: 1,
  cheap: true,
  run(reading) {
    const { settings } = reading;
    if (!isRead(settings)) return notRead('settings', settings.missing);
    const findings = rules.flatMap((rule) => broken(rule, settings.value, reading));
    return { findings: [...findings, ...pending(settings.value)], notExamined: [] };
  },
};

/** The first finding of a rule, if its setting breaks it. */
function broken(rule: Rule, list: readonly ServerSetting[], reading: HealthReading): readonly Finding[] {
  const found = list.find(({ name }) => name === rule.name);
  if (found === undefined || !rule.bad(found.value, reading)) return [];
  const { severity, evidence, threshold, fix } = rule;
  return [{ id: `setting_${rule.name}`, severity, object: rule.name, evidence, threshold, fix }];
}

function pending(list: readonly ServerSetting[]): readonly Finding[] {
  const waiting = list.filter((one) => one.pendingRestart).map((one) => one.name);
  if (waiting.length === 0) return [];
  return [
    {
      id: 'pending_restart',
      severity: 'info',
      object: waiting.slice(0, 5).join(', '),
      evidence: `${waiting.length} changed settings wait for a restart`,
      threshold: 'none',
      fix: 'Plan a restart, or take the change back',
    },
  ];
}
