import { counted, duration, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import type { VacuumReading, VacuumTable } from '../../model/vacuum.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { adviseTable, type AdviceContext, type TableAdvice } from './advice.ts';
import { judgeDisabled } from './disabled.ts';
import { holderName, judgeHorizon, rowHolders } from './horizon.ts';
import { overdueRatio } from './overdue.ts';
import { readHolders, readRuns } from './parts.ts';
import { judgeAge, wraparoundMs } from './wraparound.ts';

export interface AdvisedTable extends TableAdvice {
  readonly table: VacuumTable;
  readonly overdue: number;
}

export interface VacuumReport {
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly notExamined: readonly NotExamined[];
  /** Most overdue first. */
  readonly tables: readonly AdvisedTable[];
  readonly notes: readonly string[];
}

/**
 * What vacuum has to do, what hinders it, and how far away wraparound is.
 *
 * @param rate transaction ids a ms; undefined = no measure of at least an hour
 */
export function judgeVacuum(reading: VacuumReading, rate: number | undefined): VacuumReport {
  const { at, facts, autovacuum } = reading;
  const holders = readHolders(reading);
  const runs = readRuns(reading);
  const context: AdviceContext = { at, autovacuumOn: autovacuum.on, runs, holder: rowHolders(holders)[0] };
  const tables = reading.tables
    .map((table) => ({ table, overdue: overdueRatio(table), ...adviseTable(table, context) }))
    .toSorted((a, b) => b.overdue - a.overdue || (a.table.table < b.table.table ? -1 : 1));
  const due = tables.filter(({ overdue }) => overdue > 1);
  const found = [
    ...judgeHorizon(holders, reading.tables, at),
    ...ages(reading, rate),
    ...queue(due, reading),
    ...off(reading),
  ];
  const waiting = due.length === 0 ? 'no table is due for vacuum' : `${counted(due.length, 'table')} due for vacuum`;
  return {
    summary: `${waiting}; ${horizonWords(context)}`,
    // On a standby VACUUM is none of its business: replay does what the primary did.
    findings: facts.inRecovery ? [] : found,
    notExamined: missing(reading, rate),
    tables,
    notes: ageNotes(reading, rate),
  };
}

function horizonWords({ holder }: AdviceContext): string {
  if (holder === undefined) return 'nothing holds the horizon';
  const held = holder.heldMs === null ? '' : ` for ${duration(holder.heldMs)}`;
  return `${holderName(holder)} holds the horizon, ${counted(holder.age, 'transaction')} old${held}`;
}

function ages({ databases, autovacuum }: VacuumReading, rate: number | undefined): readonly Finding[] {
  if (!isRead(databases)) return [];
  return databases.value.flatMap(({ name, xidAge, multixactAge }) => {
    const object = `database ${name}`;
    const multixact = { object, kind: 'multixact', age: multixactAge, rate: undefined } as const;
    return [
      ...judgeAge({ object, kind: 'xid', age: xidAge, freezeMaxAge: autovacuum.freezeMaxAge, rate }),
      ...judgeAge({ ...multixact, freezeMaxAge: autovacuum.multixactFreezeMaxAge }),
    ];
  });
}

function queue(due: readonly AdvisedTable[], reading: VacuumReading): readonly Finding[] {
  const severity = grade(thresholds.vacuumQueue, due.length);
  if (severity === undefined) return [];
  const { autovacuum } = reading;
  const busy = readRuns(reading).filter(({ automatic }) => automatic).length;
  const full = busy >= autovacuum.workers;
  const held = rowHolders(readHolders(reading)).length > 0;
  return [
    {
      id: 'vacuum_queue',
      severity,
      object: `${due.length} tables`,
      evidence: `past their own trigger; ${busy} of ${counted(autovacuum.workers, 'autovacuum worker')} at work in this database`,
      threshold: `${figure(thresholds.vacuumQueue, severity)} tables`,
      fix: full
        ? 'Workers are the bottleneck: raise autovacuum_vacuum_cost_limit, then autovacuum_max_workers'
        : held
          ? 'Workers are free: end what holds the horizon'
          : 'Workers are free and nothing holds the horizon: they come at the next autovacuum_naptime, unless locks keep them off',
    },
  ];
}

function off({ autovacuum, tables }: VacuumReading): readonly Finding[] {
  if (!autovacuum.on) {
    const fix = 'ALTER SYSTEM SET autovacuum = on (and track_counts = on), then reload';
    return [
      {
        id: 'autovacuum_off',
        severity: 'critical',
        object: 'server',
        evidence: 'autovacuum or track_counts is off',
        threshold: 'on',
        fix,
      },
    ];
  }
  return judgeDisabled(tables);
}

function ageNotes({ databases, oldest, facts }: VacuumReading, rate: number | undefined): readonly string[] {
  const own = isRead(databases) ? databases.value.find(({ name }) => name === facts.database) : undefined;
  if (own === undefined) return [];
  const left =
    rate === undefined || rate <= 0
      ? ''
      : `, writes would stop in ${duration(wraparoundMs(own.xidAge, rate))} at the present rate without any freezing`;
  const [first] = oldest;
  return [
    `Oldest unfrozen transaction of this database: ${millions(own.xidAge)} ids old${left}.` +
      (first === undefined ? '' : ` Oldest table: ${first.table}, ${millions(first.xidAge)}.`),
  ];
}

function millions(age: number): string {
  return `${(age / 1e6).toFixed(1)} M`;
}

function missing({ holders, runs, databases, facts }: VacuumReading, rate: number | undefined): readonly NotExamined[] {
  const blind = !facts.superuser && !facts.memberOf.includes('pg_read_all_stats');
  const grant = `sessions of other roles are hidden: GRANT pg_monitor TO ${facts.role}`;
  return [
    ...(blind ? [{ what: 'whether others hold the horizon', why: grant, required: true }] : []),
    ...(isRead(holders) ? [] : [{ what: 'what holds the horizon', why: holders.missing, required: true }]),
    ...(isRead(runs) ? [] : [{ what: 'running vacuums', why: runs.missing }]),
    ...(isRead(databases) ? [] : [{ what: 'wraparound', why: databases.missing, required: true }]),
    ...(rate === undefined
      ? [
          {
            what: 'days to wraparound',
            why: 'insufficient data: no kept snapshot of at least an hour ago; pg_overview and the daemon take them',
          },
        ]
      : []),
  ];
}
