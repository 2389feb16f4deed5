import { bytes, type Plan, quote, ToolError } from '@cinecom/mcp-core';
import { dropVerdict } from '../analysis/index-audit/drop-verdict.ts';
import { inScope } from './database.ts';
import { earlierIndexes } from './earlier-indexes.ts';
import { keptSnapshots } from './snapshots.ts';
import type { ChangeCall } from './change-plan-rights.ts';

export type IndexObserved = {
  readonly kind: 'index';
  readonly database: string;
  readonly name: string;
  readonly definition: string;
};

/** Describes the end of an index that `pg_index_audit` lets go; any other stays. */
export async function planIndex(
  { object, database }: { readonly object?: string | undefined; readonly database?: string | undefined },
  call: ChangeCall,
): Promise<Plan<IndexObserved>> {
  if (object === undefined)
    throw new ToolError('invalid_input', 'object: drop_index needs it', {
      hint: 'The index with its schema: public.movies_title_idx.',
    });
  const backend = await inScope(database, call);
  const facts = await backend.facts(call.signal);
  const index = await call.backend.index(object, database, call.signal);
  if (index === undefined)
    throw new ToolError('backend_not_found', `there is no index ${quote(object)}`, {
      hint: 'Write it with its schema, quoted as in SQL: public.movies_title_idx.',
    });
  if (index.needed !== null) throw refused(`${quote(index.name)} is not dropped: ${index.needed}`);
  const audit = await backend.indexAudit(index.table, call.signal);
  const kept = await keptSnapshots(call.state.store, facts);
  const { allowed, why } =
    audit === undefined
      ? { allowed: false, why: 'its table is gone' }
      : dropVerdict(index.name, audit, await earlierIndexes(kept, audit.own.at));
  if (!allowed) throw refused(`${quote(index.name)} is not dropped: ${quote(why)}`);
  const limited = call.settings.databases.length > 0 ? [{ type: 'database', id: facts.database }] : [];
  return {
    summary: `drop index ${quote(index.name)} on ${quote(index.table)}: ${quote(why)}`,
    steps: [`${quote(`DROP INDEX CONCURRENTLY ${index.name}`)}, only if all this still holds`],
    targets: [{ type: 'index', id: index.name }, ...limited],
    warnings: [
      `It frees ${bytes(index.bytes)} and waits for the transactions that may use it; cut off, it leaves an invalid index.`,
    ],
    undo: rebuildWords(quote(index.definition)),
    observed: { kind: 'index', database: facts.database, name: index.name, definition: index.definition },
  };
}

export async function applyIndex(observed: IndexObserved, { backend, signal }: ChangeCall) {
  await backend.dropIndex(observed, observed.database, signal);
  const done = [`dropped index ${observed.name}`];
  return { verdict: 'ok' as const, done, states: [], rebuild: observed.definition };
}

/** How to have a dropped index again. `definition` is shown fenced by who calls. */
export function rebuildWords(definition: string): string {
  return `pg_maintain create_index_concurrently with ddl ${definition}`;
}

function refused(message: string): ToolError {
  return new ToolError('invalid_input', `refused: ${message}`, {
    hint: 'Nothing was done. Only what pg_index_audit calls invalid, duplicate, redundant or a drop_candidate is dropped.',
  });
}
