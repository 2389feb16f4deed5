import { describe, expect, it } from 'vitest';
import { healthy, healthyFacts, moment } from '../../../test/support/reading.ts';
import type { HorizonHolder, VacuumReading, VacuumTable } from '../../model/vacuum.ts';
import { adviseTable, type AdviceContext } from './advice.ts';
import { judgeHorizon } from './horizon.ts';
import { vacuumNext } from './next.ts';
import { judgeVacuum } from './report.ts';
import { judgeAge, wraparoundMs, xidRate } from './wraparound.ts';

const day = 86_400_000;

const table: VacuumTable = {
  table: 'public.seats',
  trigger: 250,
  deadTuples: 0,
  insertTrigger: 1000,
  inserted: 0,
  autovacuum: true,
  lastVacuumAt: moment - 60_000,
  sizeBytes: 1e6,
  oid: '1',
  tuples: 1000,
  scaleFactor: 0.2,
  analyzeTrigger: 150,
  modified: 0,
  lastAnalyzeAt: moment,
  xidAge: 1000,
  freezeAt: 200_000_000,
};
const holder: HorizonHolder = {
  kind: 'session',
  name: '42',
  pid: 42,
  user: 'app',
  state: 'idle in transaction',
  age: 500,
  catalogOnly: false,
  heldMs: 30_000,
  query: 'SELECT 1',
};
const context: AdviceContext = { at: moment, autovacuumOn: true, runs: [], holder: undefined };
const reading = (extra: Partial<VacuumReading> = {}): VacuumReading => ({
  facts: healthyFacts,
  at: moment,
  tables: [],
  oldest: [],
  runs: { value: [] },
  holders: { value: [] },
  databases: healthy().databases,
  nextXid: 1e9,
  autovacuum: { on: true, workers: 3, freezeMaxAge: 200_000_000, multixactFreezeMaxAge: 400_000_000 },
  ...extra,
});

describe('days to wraparound', () => {
  it('are what is left of 2^31 − 3 million ids at the measured rate', () => {
    const rate = xidRate({ at: moment - day, nextXid: 1e9 }, { at: moment, nextXid: 1e9 + 10_000_000 });
    expect(wraparoundMs(1_144_483_648, rate ?? 0) / day).toBeCloseTo(100, 6);
  });

  it.each([
    ['no snapshot', undefined],
    ['less than an hour', { at: moment - 60_000, nextXid: 1 }],
    ['another cluster, whose ids were further', { at: moment - day, nextXid: 2e9 }],
  ])('are not told from %s', (_name, earlier) => {
    expect(xidRate(earlier, { at: moment, nextXid: 1e9 })).toBeUndefined();
  });

  it.each([
    [200_000_000, undefined],
    [600_000_000, 'warning'],
    [1_300_000_000, 'critical'],
    [1_700_000_000, 'critical'],
  ])('an age of %i is %s', (age, severity) => {
    const [found] = judgeAge({ object: 'database a', kind: 'xid', age, freezeMaxAge: 200_000_000, rate: undefined });
    expect(found?.severity).toBe(severity);
  });
});

describe('the horizon', () => {
  it.each([
    [{ heldMs: 299_000 }, undefined],
    [{ heldMs: 301_000 }, 'info'],
    [{ heldMs: 3_700_000 }, 'critical'],
    [{ heldMs: null, age: 20_000_000 }, 'warning'],
  ])('held as %j is %s', (extra, severity) => {
    expect(judgeHorizon([{ ...holder, ...extra }], [], moment)[0]?.severity).toBe(severity);
  });

  it('is a warning at once when a table was vacuumed in vain, and not when it was vacuumed before', () => {
    const due = { ...table, deadTuples: 900 };
    expect(judgeHorizon([holder], [{ ...due, lastVacuumAt: moment - 10_000 }], moment)[0]?.severity).toBe('warning');
    expect(judgeHorizon([holder], [{ ...due, lastVacuumAt: moment - 60_000 }], moment)).toEqual([]);
  });

  it('held for the catalog alone keeps no row of a table', () => {
    expect(judgeHorizon([{ ...holder, kind: 'slot', heldMs: 1e9, catalogOnly: true }], [], moment)).toEqual([]);
  });
});

describe('advice for a table', () => {
  const running = {
    pid: 7,
    table: table.table,
    phase: 'scanning heap',
    scanned: 0.5,
    indexPasses: 2,
    automatic: true,
    preventsWraparound: false,
    runningMs: 1,
  };
  it.each([
    ['not due', {}, {}, 'none'],
    ['dead rows past the trigger', { deadTuples: 251 }, {}, 'vacuum'],
    ['dead rows in a table of a hundred million', { deadTuples: 3e7, trigger: 2e7, tuples: 1e8 }, {}, 'tune'],
    ['inserted only', { inserted: 1001 }, {}, 'vacuum'],
    ['old statistics', { modified: 151 }, {}, 'analyze'],
    ['TOAST, which has none', { modified: 151, analyzeTrigger: null }, {}, 'none'],
    ['past its freeze age', { xidAge: 200_000_001, deadTuples: 251 }, {}, 'freeze'],
    ['switched off', { autovacuum: false, deadTuples: 251 }, {}, 'enable'],
    ['all switched off', { deadTuples: 251 }, { autovacuumOn: false }, 'enable'],
    ['being vacuumed', { deadTuples: 251 }, { runs: [running] }, 'wait'],
    ['vacuumed in vain', { deadTuples: 251, lastVacuumAt: moment - 1 }, { holder }, 'horizon'],
  ] as const)('%s', (_name, extra, known, remedy) => {
    expect(adviseTable({ ...table, ...extra }, { ...context, ...known }).remedy).toBe(remedy);
  });

  it('asks for more memory when indexes were read twice', () => {
    expect(adviseTable(table, { ...context, runs: [running] }).text).toContain('more maintenance_work_mem');
  });
});

describe('the report', () => {
  const due = Array.from({ length: 16 }, (_, index) => ({
    ...table,
    table: `public.t${index}`,
    deadTuples: 300 + index,
  }));

  it('puts the most overdue first and names its maintenance', () => {
    const report = judgeVacuum(reading({ tables: due }), 1);
    expect(report.tables[0]?.table.table).toBe('public.t15');
    expect(report.findings).toMatchObject([{ id: 'vacuum_queue', severity: 'warning' }]);
    expect(vacuumNext(report)).toEqual({ tool: 'pg_maintain', args: { op: 'vacuum', object: 'public.t15' } });
  });

  it('finds nothing to do on a standby, where replay does it', () => {
    const report = judgeVacuum(reading({ tables: due, facts: { ...healthyFacts, inRecovery: true } }), 1);
    expect(report.findings).toEqual([]);
  });

  it('says that nobody could look when the holders are unreadable', () => {
    const report = judgeVacuum(reading({ holders: { missing: 'the role lacks a right' } }), undefined);
    expect(report.notExamined.map(({ what }) => what)).toEqual(['what holds the horizon', 'days to wraparound']);
  });
});
