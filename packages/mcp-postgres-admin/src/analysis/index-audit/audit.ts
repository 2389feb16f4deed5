import { bytes, count, counted, duration, type Finding, type NotExamined, type Severity } from '@cinecom/mcp-core';
import type { AuditedIndex, ForeignKey, IndexAudit } from '../../model/index-audit.ts';
import { nameInNext } from '../name-in-next.ts';
import { differingTypes, missingCost, supportingIndex, supports } from './foreign-keys.ts';
import { duplicateOf, redundantWith } from './same-index.ts';
import { type EarlierIndexes, type Hosts, hostsOf, type IndexUse, judgeUse } from './use.ts';

export const auditKinds = ['unused', 'duplicate', 'redundant', 'invalid', 'missingFk', 'fkType', 'bloated'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** One thing the audit has to say of an index, or of a foreign key. */
export interface AuditRow {
  readonly kind: AuditKind;
  readonly object: string;
  readonly table: string;
  readonly bytes: number;
  readonly severity: Severity;
  readonly why: string;
  /** Of unused ones: scans and what they mean. */
  readonly use?: IndexUse;
  /** No constraint, but it keeps rows unique: pg_change leaves it to people. */
  readonly unique?: boolean;
  /** What to run, and what takes it back. */
  readonly ddl?: string;
  readonly undo?: string;
}

/** From so much, an index nobody needs is worth a warning. */
const largeBytes = 100_000_000;
/** Children of fewer rows are looked through in no time. */
const smallChild = 10_000;

/** Every verdict on the indexes that were read. */
export function auditIndexes(audit: IndexAudit, earlier: EarlierIndexes | undefined): readonly AuditRow[] {
  const hosts = hostsOf(audit);
  const byTable = groupByTable(audit.indexes);
  const keys = groupByTable(audit.foreignKeys);
  const known = { audit, keys, hosts, earlier };
  return [
    ...audit.indexes.flatMap((index) => indexRows(index, byTable.get(index.tableOid) ?? [], known)),
    ...audit.foreignKeys.flatMap((key) => keyRows(key, byTable.get(key.tableOid) ?? [])),
  ];
}

interface Known {
  readonly audit: IndexAudit;
  readonly keys: ReadonlyMap<string, readonly ForeignKey[]>;
  readonly hosts: Hosts;
  readonly earlier: EarlierIndexes | undefined;
}

/** An index has one verdict: what makes it needless most surely. */
function indexRows(index: AuditedIndex, siblings: readonly AuditedIndex[], known: Known): readonly AuditRow[] {
  // A part goes and stays with its partitioned index.
  if (index.parent !== null || index.building) return [];
  if (!index.valid) return index.partitioned ? [] : [invalid(index)];
  const twin = duplicateOf(index, siblings);
  if (twin !== undefined) return [needless(index, 'duplicate', `the same as ${twin.name}`)];
  const wider = redundantWith(index, siblings);
  if (wider !== undefined) return [needless(index, 'redundant', `${wider.name} begins with its columns`)];
  const unused = unusedRow(index, known);
  return unused === undefined ? [] : [unused];
}

function invalid(index: AuditedIndex): AuditRow {
  const left = /_cc(new|old)\d*"?$/.test(index.name);
  const why = left ? 'left over by a rebuild that failed' : 'a build failed: no query uses it, every write pays for it';
  return { ...needless(index, 'invalid', why), severity: 'warning' };
}

function needless(index: AuditedIndex, kind: AuditKind, why: string): AuditRow {
  const { name: object, table, partitioned, definition } = index;
  return {
    kind,
    object,
    table,
    bytes: index.bytes,
    severity: index.bytes >= largeBytes ? 'warning' : 'info',
    why,
    unique: index.unique && index.valid,
    ddl: `DROP INDEX ${partitioned ? '' : 'CONCURRENTLY '}${object}`,
    undo: partitioned ? definition : concurrently(definition),
  };
}

function unusedRow(index: AuditedIndex, { audit, keys, hosts, earlier }: Known): AuditRow | undefined {
  if (index.serves !== null || (keys.get(index.tableOid) ?? []).some((key) => supports(index, key))) return undefined;
  const parts = partsOf(index, audit.indexes);
  const use = judgeUse(
    index,
    parts.map(({ oid }) => oid),
    hosts,
    earlier,
  );
  if (use.verdict === 'used') return undefined;
  const size = parts.reduce((sum, part) => sum + part.bytes, 0);
  const told = `${counted(use.scans, 'scan')} in ${duration(use.windowMs)} on ${counted(hosts.all.length, 'host')}: ${use.why}`;
  const row = { ...needless({ ...index, bytes: size }, 'unused', told), use };
  if (use.verdict === 'drop_candidate') return row;
  const { ddl: _ddl, undo: _undo, ...rest } = row;
  return { ...rest, severity: 'info' };
}

/** Its leaves, or itself. */
function partsOf(index: AuditedIndex, all: readonly AuditedIndex[]): readonly AuditedIndex[] {
  if (!index.partitioned) return [index];
  return all.filter(({ parent }) => parent === index.oid).flatMap((part) => partsOf(part, all));
}

function keyRows(key: ForeignKey, indexes: readonly AuditedIndex[]): readonly AuditRow[] {
  return [...missingRow(key, indexes), ...typeRow(key)];
}

function missingRow(key: ForeignKey, indexes: readonly AuditedIndex[]): readonly AuditRow[] {
  if (supportingIndex(key, indexes) !== undefined) return [];
  const { name, table, columnNames, rows, parentWrites, partitioned, parent } = key;
  const heavy = rows >= smallChild && parentWrites > 0;
  const columns = columnNames.join(', ');
  return [
    {
      kind: 'missingFk',
      object: `${table}.${name}`,
      table,
      bytes: 0,
      severity: heavy ? 'warning' : 'info',
      why:
        `no index leads with (${columns}): each delete or key change in ${parent} (${count(parentWrites)} deletes and updates so far) ` +
        `looks through ${rows < 0 ? 'an unknown number of' : count(rows)} rows`,
      ddl: partitioned
        ? `CREATE INDEX ON ONLY ${table} (${columns}), then one CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION`
        : `CREATE INDEX CONCURRENTLY ON ${table} (${columns})`,
      undo: 'DROP INDEX CONCURRENTLY',
    },
  ];
}

function typeRow(key: ForeignKey): readonly AuditRow[] {
  const differing = differingTypes(key);
  if (differing.length === 0) return [];
  const object = `${key.table}.${key.name}`;
  return [{ kind: 'fkType', object, table: key.table, bytes: 0, severity: 'info', why: differing.join('; ') }];
}

/** Worst and largest first; missing ones by what they cost. */
export function sortRows(rows: readonly AuditRow[], audit: IndexAudit): readonly AuditRow[] {
  const severities: readonly Severity[] = ['critical', 'warning', 'info'];
  const costs = new Map(audit.foreignKeys.map((key) => [`${key.table}.${key.name}`, missingCost(key)]));
  const cost = ({ kind, object }: AuditRow): number => (kind === 'missingFk' ? (costs.get(object) ?? 0) : 0);
  return rows.toSorted(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      Number(isCandidate(b)) - Number(isCandidate(a)) ||
      b.bytes - a.bytes ||
      cost(b) - cost(a) ||
      (a.object < b.object ? -1 : 1),
  );
}

function isCandidate({ use }: AuditRow): boolean {
  return use === undefined || use.verdict === 'drop_candidate';
}

const ids: Readonly<Record<AuditKind, string>> = {
  unused: 'index_unused',
  duplicate: 'index_duplicate',
  redundant: 'index_redundant',
  invalid: 'index_invalid',
  missingFk: 'foreign_key_without_index',
  fkType: 'foreign_key_types_differ',
  bloated: 'index_bloat',
};

/** What of it is a finding: verdicts, not open questions. */
export function auditFinding(row: AuditRow): Finding | undefined {
  if (!isCandidate(row)) return undefined;
  const { kind, severity, object, why } = row;
  const size = row.bytes > 0 ? `${bytes(row.bytes)}, ` : '';
  return {
    id: ids[kind],
    severity,
    object,
    evidence: `${size}${why}`,
    threshold: thresholds[kind],
    fix: fixes[kind],
    ...nextOf(row),
  };
}

const thresholds: Readonly<Record<AuditKind, string>> = {
  unused: 'one scan in ten days on any host',
  duplicate: 'one index of a kind',
  redundant: 'no index that another begins with',
  invalid: 'valid',
  missingFk: `an index, from ${count(smallChild)} rows`,
  fkType: 'equal types',
  bloated: '30 %',
};

const dropping = 'Drop it with its undo at hand';
const fixes: Readonly<Record<AuditKind, string>> = {
  unused: dropping,
  duplicate: dropping,
  redundant: dropping,
  invalid: 'Drop it; build it again if it is wanted',
  missingFk: 'Build the index, if rows of the parent are ever deleted or change their key',
  fkType: 'Give both the same type: a cast on one side can keep an index from being used',
  bloated: 'REINDEX CONCURRENTLY',
};

function nextOf({ kind, object, unique }: AuditRow): Pick<Finding, 'next'> {
  const named = nameInNext(object);
  if (kind === 'missingFk' || kind === 'fkType' || unique === true) return {};
  return kind === 'bloated'
    ? { next: { tool: 'pg_bloat', args: { object: named, exact: true } } }
    : { next: { tool: 'pg_change', args: { action: 'drop_index', object: named } } };
}

/** What the verdicts of use lack. */
export function auditGaps(audit: IndexAudit, kinds: readonly AuditKind[]): readonly NotExamined[] {
  if (!kinds.includes('unused')) return [];
  const { hole } = hostsOf(audit);
  return hole === undefined ? [] : [{ what: 'whether indexes are unused', why: hole, required: true }];
}

function concurrently(definition: string): string {
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX) /, '$1 CONCURRENTLY ');
}

function groupByTable<Row extends { readonly tableOid: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.tableOid);
    if (group === undefined) groups.set(row.tableOid, [row]);
    else group.push(row);
  }
  return groups;
}
