import { type Clock, type JsonStore, ToolError } from '@cinecom/mcp-core';
import type { Advice } from '../analysis/index-advice/advice.ts';
import type { WorkloadStatement } from '../analysis/index-advice/read-workload.ts';
import type { AdviceToTry } from '../model/advice-trial.ts';
import type { ServerFacts } from '../model/server-facts.ts';

/** Advice as it is kept, so that it can be tried on a restored copy. */
type KeptAdvice = {
  /** UTC ms. */
  readonly at: number;
  readonly systemId: string;
  readonly database: string;
  readonly indexes: readonly string[];
  /** Those that gain, as they were given or as the statistics keep them. */
  readonly statements: readonly {
    readonly id: string;
    readonly sql: string;
    readonly before: number;
    readonly after: number;
  }[];
};

const shownDigits = 12;
const mostKept = 20;
const list = 'advice-list';

/** Keeps the advice, and the last twenty in all. @returns its id: the same advice has the same */
export async function keepAdvice(
  store: JsonStore,
  clock: Clock,
  facts: ServerFacts,
  { advice, statements }: { readonly advice: Advice; readonly statements: readonly WorkloadStatement[] },
): Promise<string> {
  const texts = new Map(statements.map(({ id, sql }) => [id, sql]));
  const gains = new Map(advice.indexes.flatMap((index) => index.statements.map((gain) => [gain.id, gain])));
  const kept: Omit<KeptAdvice, 'at'> = {
    systemId: facts.systemId,
    database: facts.database,
    indexes: advice.indexes.map(({ ddl }) => ddl),
    statements: [...gains.values()].map(({ id, before, after }) => ({ id, sql: texts.get(id) ?? '', before, after })),
  };
  const bytes = new TextEncoder().encode(JSON.stringify([kept.systemId, kept.database, kept.indexes]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const id = [...digest]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, shownDigits);
  await store.write(`advice-${id}`, { ...kept, at: clock.now() });
  await forgetOldest(store, id);
  return id;
}

/** Advice of this database that is still kept. @throws ToolError `backend_not_found` */
export async function readAdvice(store: JsonStore, id: string, facts: ServerFacts): Promise<AdviceToTry> {
  const kept = (await store.read(`advice-${id}`)) as KeptAdvice | null | undefined;
  if (kept?.systemId !== facts.systemId || kept.database !== facts.database)
    throw new ToolError('backend_not_found', `adviceId: no advice ${id} of this database is kept`, {
      hint: 'pg_index_advice gives one; the last twenty are kept.',
    });
  return { indexes: kept.indexes, statements: kept.statements };
}

async function forgetOldest(store: JsonStore, newest: string): Promise<void> {
  const known = await store.read(list);
  const before = Array.isArray(known) ? known.filter((id) => typeof id === 'string' && id !== newest) : [];
  const ids = [newest, ...before];
  for (const id of ids.slice(mostKept)) await store.write(`advice-${String(id)}`, null);
  await store.write(list, ids.slice(0, mostKept));
}
