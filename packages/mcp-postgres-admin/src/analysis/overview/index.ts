import type { Finding, NotExamined } from '@cinecom/mcp-core';
import type { CheckName, HealthReading } from '../../model/health.ts';
import { archive } from './archive.ts';
import { backup } from './backup.ts';
import { bloat } from './bloat.ts';
import { cache } from './cache.ts';
import { checkpoints } from './checkpoints.ts';
import { connections } from './connections.ts';
import { locks } from './locks.ts';
import { own } from './own.ts';
import { queries } from './queries.ts';
import { replication } from './replication.ts';
import { role } from './role.ts';
import { type CheckScore, score } from './score.ts';
import { sequences } from './sequences.ts';
import { settingsCheck } from './settings.ts';
import { storage } from './storage.ts';
import { transactions } from './transactions.ts';
import type { Check, OverviewContext } from './types.ts';
import { vacuum } from './vacuum.ts';
import { wraparound } from './wraparound.ts';

/** In the order in which their notes are told. */
const checks: readonly Check[] = [
  connections,
  transactions,
  locks,
  wraparound,
  replication,
  sequences,
  vacuum,
  cache,
  checkpoints,
  archive,
  settingsCheck,
  storage,
  queries,
  role,
  own,
  bloat,
  backup,
];

export const cheapChecks: readonly CheckName[] = checks.filter((check) => check.cheap).map((check) => check.name);

export interface Overview {
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
  readonly notes: readonly string[];
  /** 0–100, for trends. */
  readonly score: number;
  /** Checks that could not count. */
  readonly unscored: readonly CheckName[];
}

/** Judges one reading by the named checks. Pure. */
export function judge(reading: HealthReading, context: OverviewContext, names: readonly CheckName[]): Overview {
  const chosen = checks.filter((check) => names.includes(check.name));
  const results = chosen.map((check) => ({ check, result: check.run(reading, context) }));
  const findings = results.flatMap(({ result }) => result.findings);
  const scores = results.map(({ check, result }): CheckScore => ({
    name: check.name,
    weight: check.weight,
    examined: result.findings.length > 0 || result.notExamined.length === 0,
    worst: result.findings.map((one) => one.severity),
  }));
  const unscored = scores.filter((one) => one.weight > 0 && !one.examined).map((one) => one.name);
  return {
    findings,
    notExamined: results.flatMap(({ result }) => result.notExamined),
    notes: results.flatMap(({ result }) => result.note ?? []),
    score: score(scores, findings),
    unscored,
  };
}
