import type { NotExamined } from '@cinecom/mcp-core';
import type { AdviceTable, RelationName } from '../../model/index-advice.ts';
import { heaviest } from './pick-statements.ts';
import { notSearching, type ReadingForm, readingForm } from './reading-form.ts';
import { relationNames, type TableLookup } from './query-blocks.ts';
import { statementRoles, type TableRoles } from './statement-roles.ts';

/** A statement as it is asked about. */
export interface WorkloadStatement {
  readonly id: string;
  readonly sql: string;
  readonly calls: number;
  /** Undefined where only the text is known. */
  readonly totalMs: number | undefined;
  /** Rows that all calls returned or changed. */
  readonly rows: number;
}

export interface ReadStatement {
  readonly statement: WorkloadStatement;
  readonly form: ReadingForm;
}

export interface ReadWorkload {
  readonly statements: readonly ReadStatement[];
  /** Relations that they read or write. */
  readonly names: readonly RelationName[];
  readonly unread: readonly { readonly id: string; readonly why: string }[];
}

/** Parses the texts. */
export async function readWorkload(statements: readonly WorkloadStatement[]): Promise<ReadWorkload> {
  const read: ReadStatement[] = [];
  const unread: { readonly id: string; readonly why: string }[] = [];
  for (const statement of statements) {
    const rowsPerCall = statement.totalMs === undefined ? undefined : statement.rows / Math.max(1, statement.calls);
    const form = await readingForm(statement.sql, rowsPerCall);
    if (!('why' in form)) read.push({ statement, form });
    // Whoever gave it wants to know; among what ran there is always some.
    else if (form.why !== notSearching || statement.totalMs === undefined)
      unread.push({ id: statement.id, why: form.why });
  }
  const all = read.flatMap(({ form }) => [...relationNames(form.tree), ...(form.written ? [form.written] : [])]);
  return { statements: read, names: [...new Map(all.map((name) => [keyOf(name), name])).values()], unread };
}

/** What each table is written and read, over the statements. */
export interface TableTraffic {
  readonly writeCalls: number;
  readonly readCalls: number;
  readonly writtenRows: number;
  /** Columns that its UPDATEs set. */
  readonly sets: ReadonlySet<string>;
}

const noTraffic: TableTraffic = { writeCalls: 0, readCalls: 0, writtenRows: 0, sets: new Set() };

/** A statement that an index may help. */
export interface Prepared {
  readonly statement: WorkloadStatement;
  readonly sql: string;
  readonly parameters: number;
  readonly roles: readonly TableRoles[];
}

export interface PreparedWorkload {
  readonly prepared: readonly Prepared[];
  readonly tables: readonly AdviceTable[];
  /** By oid. */
  readonly traffic: ReadonlyMap<string, TableTraffic>;
  readonly notExamined: readonly NotExamined[];
}

const systemSchemas = ['pg_catalog', 'information_schema', 'pg_toast'];
const shownGaps = 8;

/** Finds the part that each column plays, with what is known of the tables. */
export function prepareWorkload(
  { statements, names, unread }: ReadWorkload,
  found: readonly (AdviceTable | undefined)[],
): PreparedWorkload {
  const tables = new Map(names.map((name, place) => [keyOf(name), found[place]]));
  const lookup: TableLookup = (name) => {
    const table = tables.get(keyOf(name));
    return table !== undefined && isIndexable(table) ? table : undefined;
  };
  const traffic = new Map<string, TableTraffic>();
  const unserved = new Map<string, string[]>();
  const prepared = statements.flatMap(({ statement, form }): readonly Prepared[] => {
    const { roles, unserved: missed } =
      form.tree === undefined ? { roles: [], unserved: [] } : statementRoles(form.tree, lookup);
    noteTraffic(traffic, statement, { form, roles, lookup });
    for (const what of missed) unserved.set(what, [...(unserved.get(what) ?? []), statement.id]);
    return form.sql === undefined || roles.length === 0
      ? []
      : [{ statement, sql: form.sql, parameters: form.parameters, roles }];
  });
  const views = [...tables.values()].flatMap((table) =>
    table?.kind === 'v' && !systemSchemas.includes(table.schema) && !table.name.startsWith('pg_stat_')
      ? [table.sql]
      : [],
  );
  return {
    prepared: heaviest(prepared),
    tables: [...new Set(tables.values())].filter((table) => table !== undefined).filter(isIndexable),
    traffic,
    notExamined: [
      ...unread.map(({ id, why }) => ({ what: `statement ${id}`, why })),
      ...views.map((name) => ({
        what: `conditions on the view ${name}`,
        why: 'only what a statement says of tables is read',
      })),
      ...[...unserved].map(([what, ids]) => ({ what: `${what} (${ids.join(', ')})`, why: whyUnserved(what) })),
    ].slice(0, shownGaps),
  };
}

function isIndexable({ schema, kind }: AdviceTable): boolean {
  return !systemSchemas.includes(schema) && ['r', 'm', 'p'].includes(kind);
}

function whyUnserved(what: string): string {
  if (what.includes('not known')) return 'the statistics keep no values: give the statement with its values in queries';
  if (/LIKE/.test(what)) return 'needs a GIN index of pg_trgm, which cannot be imagined';
  return 'needs a GIN or GiST index, which cannot be imagined';
}

interface Seen {
  readonly form: ReadingForm;
  readonly roles: readonly TableRoles[];
  readonly lookup: TableLookup;
}

function noteTraffic(
  traffic: Map<string, TableTraffic>,
  { calls, rows }: WorkloadStatement,
  { form, roles, lookup }: Seen,
): void {
  const add = (table: AdviceTable | undefined, more: Partial<TableTraffic>): void => {
    if (table === undefined) return;
    const known = traffic.get(table.oid) ?? noTraffic;
    traffic.set(table.oid, {
      writeCalls: known.writeCalls + (more.writeCalls ?? 0),
      readCalls: known.readCalls + (more.readCalls ?? 0),
      writtenRows: known.writtenRows + (more.writtenRows ?? 0),
      sets: new Set([...known.sets, ...(more.sets ?? [])]),
    });
  };
  if (form.written) add(lookup(form.written), { writeCalls: calls, writtenRows: rows, sets: new Set(form.sets) });
  for (const table of new Set(roles.map((role) => role.table))) add(table, { readCalls: calls });
}

function keyOf({ schema, name }: RelationName): string {
  return JSON.stringify([schema, name]);
}
