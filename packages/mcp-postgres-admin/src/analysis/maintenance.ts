import { bytes as shownBytes, duration, quote } from '@cinecom/mcp-core';
import type { MaintenanceOp, MaintenanceTarget } from '../model/maintenance.ts';

const freeShare = 1.2;
const longTransactionMs = 60_000;
const tables = new Set(['r', 'p', 'm', 't']);
const indexes = new Set(['i', 'I']);

/** What each operation does, before the name of its object. */
export const maintenanceWords: Readonly<Record<MaintenanceOp, string>> = {
  analyze: 'collect statistics of',
  vacuum: 'vacuum',
  freeze: 'freeze',
  reindex_concurrently: 'rebuild',
  create_index_concurrently: 'build an index on',
};

/** The statement for an object; `ddl` is a checked CREATE INDEX CONCURRENTLY. Names come quoted from the catalog. */
export function maintenanceSql(op: MaintenanceOp, { name, kind }: MaintenanceTarget, ddl: string | undefined): string {
  if (op === 'create_index_concurrently') {
    if (ddl === undefined) throw new Error('an index is built from its statement');
    return ddl;
  }
  return (
    {
      analyze: 'ANALYZE',
      vacuum: 'VACUUM (ANALYZE)',
      freeze: 'VACUUM (FREEZE, ANALYZE)',
      reindex_concurrently: `REINDEX ${indexes.has(kind) ? 'INDEX' : 'TABLE'} CONCURRENTLY`,
    }[op] + ` ${name}`
  );
}

/** Why an operation cannot be done to an object of this kind; undefined when it can. */
export function unfit(op: MaintenanceOp, { name, kind }: MaintenanceTarget): string | undefined {
  if (op === 'reindex_concurrently') {
    return tables.has(kind) || indexes.has(kind) ? undefined : `${quote(name)} is neither an index nor a table`;
  }
  return tables.has(kind) ? undefined : `${quote(name)} is no table`;
}

/** What a person should know before it starts. `capacity` in bytes of the data disk. */
export function maintenanceWarnings(
  op: MaintenanceOp,
  target: MaintenanceTarget,
  capacity: number | undefined,
): string[] {
  const builds = op === 'reindex_concurrently' || op === 'create_index_concurrently';
  if (!builds) return [];
  const waits = target.oldestTransactionMs;
  return [
    ...spaceWarning(target, capacity),
    ...(waits !== null && waits >= longTransactionMs
      ? [`The build waits for every transaction that is open now; the oldest has run for ${duration(waits)}.`]
      : []),
  ];
}

function spaceWarning({ bytes, clusterBytes }: MaintenanceTarget, capacity: number | undefined): string[] {
  const needed = bytes * freeShare;
  if (capacity === undefined || clusterBytes === null)
    return [`Free disk space was not examined (--capacity is not set): up to ${shownBytes(needed)} may be needed.`];
  const free = capacity - clusterBytes;
  return free >= needed
    ? []
    : [`Disk: up to ${shownBytes(needed)} may be needed, ${shownBytes(Math.max(0, free))} are free by --capacity.`];
}
