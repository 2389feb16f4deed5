import { describe, expect, it } from 'vitest';
import { healthyFacts, moment } from '../../../test/support/reading.ts';
import type { AuditedIndex, ForeignKey, HostScans, IndexAudit } from '../../model/index-audit.ts';
import { auditFinding, auditGaps, auditIndexes, sortRows } from './audit.ts';
import { missingCost } from './foreign-keys.ts';
import { countedHost, hostsOf, judgeUse } from './use.ts';

const day = 86_400_000;
const host = (extra: Partial<HostScans> = {}): HostScans => ({
  at: moment,
  startedAt: moment - 100 * day,
  systemId: '7',
  inRecovery: false,
  resetAt: moment - 50 * day,
  scans: [{ oid: '1', scans: 0, lastScanAt: null }],
  ...extra,
});
const standby = (extra: Partial<HostScans> = {}) => host({ inRecovery: true, startedAt: moment - 90 * day, ...extra });
const index: AuditedIndex = {
  oid: '1',
  name: 'public.idx',
  table: 'public.t',
  tableOid: '10',
  method: 'btree',
  definition: 'CREATE INDEX idx ON public.t USING btree (a)',
  bytes: 2e8,
  valid: true,
  building: false,
  unique: false,
  serves: null,
  nullsNotDistinct: false,
  keys: [{ column: 1, expression: null, opclass: '1', collation: '0', option: 0 }],
  included: [],
  predicate: '',
  parent: null,
  partitioned: false,
};
const audit = (extra: Partial<IndexAudit> = {}): IndexAudit => ({
  facts: healthyFacts,
  indexes: [index],
  foreignKeys: [],
  own: host(),
  senders: 0,
  standbys: [],
  ...extra,
});
const key: ForeignKey = {
  name: 'fk',
  table: 'public.t',
  tableOid: '10',
  parent: 'public.p',
  columns: [2],
  columnNames: ['b'],
  types: ['integer'],
  parentTypes: ['integer'],
  rows: 50_000,
  parentWrites: 3,
  partitioned: false,
};
const scanned = (scans: number, lastScanAt: number | null = null) => [{ oid: '1', scans, lastScanAt }];
const earlier = (scans: readonly (readonly [string, number])[], complete = true) => ({
  at: moment - 8 * day,
  scans: new Map(scans),
  complete,
});

describe('the use of an index', () => {
  it.each([
    ['never scanned in 50 days', [host()], undefined, 'drop_candidate'],
    ['scanned four times in 50 days', [host({ scans: scanned(4) })], undefined, 'drop_candidate'],
    ['scanned five times in 50 days', [host({ scans: scanned(5) })], undefined, 'used'],
    ['scanned on the standby alone', [host(), standby({ scans: scanned(50) })], undefined, 'used'],
    ['counted for six days', [host({ resetAt: moment - 6 * day })], undefined, 'insufficient_data'],
    [
      'counted for six days on the standby',
      [host(), standby({ resetAt: moment - 6 * day })],
      undefined,
      'insufficient_data',
    ],
    ['never reset since the start', [host({ resetAt: null })], undefined, 'drop_candidate'],
    ['not there a week ago', [host()], earlier([['public.other', 0]]), 'insufficient_data'],
    ['too small to be kept a week ago', [host()], earlier([['public.other', 0]], false), 'drop_candidate'],
    ['there a week ago', [host()], earlier([['public.idx', 0]]), 'drop_candidate'],
    ['counted anew since', [host()], earlier([['public.idx', 9]]), 'insufficient_data'],
    ['used long ago', [host({ scans: scanned(900, moment - 31 * day) })], undefined, 'stale_evidence'],
    ['used lately', [host({ scans: scanned(900, moment - 29 * day) })], undefined, 'used'],
  ])('%s', (_name, all, before, verdict) => {
    expect(judgeUse(index, ['1'], { all: all.map(countedHost), hole: undefined }, before).verdict).toBe(verdict);
  });

  it('is that of all parts of a partitioned index', () => {
    const scans = [
      { oid: '2', scans: 3, lastScanAt: null },
      { oid: '3', scans: 3, lastScanAt: null },
    ];
    expect(
      judgeUse(index, ['2', '3'], { all: [countedHost(host({ scans }))], hole: undefined }, undefined).verdict,
    ).toBe('used');
  });

  it.each([
    ['a standby does not answer', { standbys: [{ host: 'b:5432', missing: 'refused' }] }],
    ['a listed host is of another cluster', { standbys: [{ host: 'b:5432', reading: standby({ systemId: '8' }) }] }],
    ['a standby is not listed', { senders: 1 }],
    ['only standbys were asked', { own: standby() }],
  ])('is unknown when %s', (_why, extra) => {
    const rows = auditIndexes(audit(extra), undefined);
    expect(rows).toMatchObject([{ kind: 'unused', use: { verdict: 'unknown' } }]);
    expect(rows[0]?.ddl).toBeUndefined();
    expect(auditFinding(rows[0]!)).toBeUndefined();
    expect(auditGaps(audit(extra), ['unused'])).toMatchObject([{ required: true }]);
    expect(auditGaps(audit(extra), ['duplicate'])).toEqual([]);
  });

  it('is known when the one standby was asked, even by two addresses', () => {
    const both = [
      { host: 'b:5432', reading: standby() },
      { host: 'primary:5432', reading: host() },
    ];
    expect(hostsOf(audit({ senders: 1, standbys: both }))).toMatchObject({ all: { length: 2 }, hole: undefined });
  });

  it.each(['constraint', 'uniqueness', 'replica identity', 'clustering', 'expression statistics'] as const)(
    'does not matter where it serves as %s',
    (serves) => {
      expect(auditIndexes(audit({ indexes: [{ ...index, serves }] }), undefined)).toEqual([]);
    },
  );

  it('does not matter where a foreign key needs it, or while one is built', () => {
    expect(auditIndexes(audit({ foreignKeys: [{ ...key, columns: [1], columnNames: ['a'] }] }), undefined)).toEqual([]);
    expect(auditIndexes(audit({ indexes: [{ ...index, building: true, valid: false }] }), undefined)).toEqual([]);
  });
});

describe('the report', () => {
  it('ranks foreign keys by rows times writes, and small ones below', () => {
    const keys = [
      { ...key, name: 'small', rows: 100, parentWrites: 1e6 },
      { ...key, name: 'seldom', rows: 50_000, parentWrites: 1 },
      { ...key, name: 'often', rows: 50_000, parentWrites: 100 },
    ];
    const all = audit({ indexes: [], foreignKeys: keys });
    const sorted = sortRows(auditIndexes(all, undefined), all);
    expect(sorted.map(({ object }) => object.split('.').at(-1))).toEqual(['often', 'seldom', 'small']);
    expect(sorted.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'info']);
    expect(missingCost(keys[2]!)).toBe(5_000_000);
  });

  it('names the drop of a candidate, with its undo', () => {
    const [row] = auditIndexes(audit(), undefined);
    expect(row).toMatchObject({
      ddl: 'DROP INDEX CONCURRENTLY public.idx',
      undo: 'CREATE INDEX CONCURRENTLY idx ON public.t USING btree (a)',
    });
    expect(auditFinding(row!)?.next).toEqual({
      tool: 'pg_change',
      args: { action: 'drop_index', object: 'public.idx' },
    });
  });

  it('keeps a unique index that another begins with', () => {
    const wide = { ...index, oid: '2', name: 'public.wide', keys: [...index.keys, { ...index.keys[0]!, column: 2 }] };
    const rows = (first: AuditedIndex) =>
      auditIndexes(
        audit({
          indexes: [first, wide],
          own: host({ scans: [...scanned(99), { oid: '2', scans: 99, lastScanAt: null }] }),
        }),
        undefined,
      );
    expect(rows(index)).toMatchObject([{ kind: 'redundant', object: 'public.idx' }]);
    expect(rows({ ...index, unique: true, serves: 'uniqueness' })).toEqual([]);
  });
});
