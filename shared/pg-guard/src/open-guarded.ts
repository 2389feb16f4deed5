import { createNameMatcher } from './catalog/name-globs.ts';
import { resolveReach } from './catalog/resolve-reach.ts';
import { CatalogMemory } from './catalog/catalog-memory.ts';
import { type CheckedStatement, checkStatement } from './check-statement.ts';
import { GuardRefusal } from './refusal.ts';
import { beginGuarded, endGuarded, requireSameNames, type SessionFacts } from './session/guarded-transaction.ts';
import type { GuardedLease } from './session/lease.ts';
import { createOwnQuery, isLostPreparation, type OwnQuery } from './session/own-query.ts';
import { type PortalResult, readPortal, type ResultCaps } from './session/read-portal.ts';
import { runWatched } from './session/watched-client.ts';
import type { ClientBase } from 'pg';

export type ParameterValue = string | number | bigint | boolean | null;

export interface GuardOptions {
  /** Globs of `schema.name` that an operator allows; they never open built-in functions. */
  readonly allowFunctions?: readonly string[];
  /** Globs of schemas whose relations are not read, through views neither. */
  readonly denySchemas?: readonly string[];
  /** What to do when the role is powerful; default `warn`. */
  readonly powerfulRole?: 'warn' | 'refuse';
  /** Server-side; default 15,000 ms. */
  readonly statementTimeoutMs?: number;
  /** Server-side; default 2,000 ms. */
  readonly lockTimeoutMs?: number;
  /** Bytes taken in from the server in one call before the connection is destroyed; default 64 MiB. */
  readonly receivedBytes?: number;
  /** Milliseconds of a clock, for `elapsedMs`. */
  readonly now: () => number;
}

export interface RunOptions extends Partial<ResultCaps> {
  /** Bound to `$1`…; at most 100. */
  readonly parameters?: readonly ParameterValue[];
  readonly signal: AbortSignal;
}

export interface GuardedResult extends PortalResult {
  readonly kind: CheckedStatement['kind'];
  /** Qualified names of everything that was read, through views too. */
  readonly relations: readonly string[];
  readonly warnings: readonly string[];
  readonly elapsedMs: number;
}

export interface Guarded {
  /**
   * Runs one reading statement so that it changes nothing, or refuses it.
   *
   * @throws GuardRefusal before anything of the statement ran; TooMuchReceived; the signal's reason; `DatabaseError` of `pg` as
   * the server told it
   */
  readonly run: (sql: string, options: RunOptions) => Promise<GuardedResult>;
  /** The same checks against the live catalog, without running it. */
  readonly check: (sql: string, options: { readonly signal: AbortSignal }) => Promise<CheckedStatement>;
  /**
   * Runs `work` in the read-only transaction in which a text has just passed all checks, as for an EXPLAIN with hypothetical
   * indexes. The session is cleaned afterwards as after `run`.
   *
   * @param work gets a way to run texts of *ours*; the checked text itself, or an EXPLAIN of it, may be part of one
   */
  readonly withChecked: <Result>(
    sql: string,
    options: { readonly signal: AbortSignal },
    work: (query: OwnQuery, statement: CheckedStatement) => Promise<Result>,
  ) => Promise<Result>;
}

type GuardedWork<Result> = (client: ClientBase, query: OwnQuery, session: SessionFacts) => Promise<Result>;

const MAX_PARAMETERS = 100;
const POWERFUL_ROLE_WORDS =
  'the role is a superuser or may use server files or programs: use a role with only pg_monitor and pg_read_all_data';

/**
 * Makes the guard of one database.
 *
 * Around every text: the parser's check, a read-only transaction with a SELECT of ours first, the live catalog's check, the
 * extended protocol, caps, ROLLBACK and all that DISCARD ALL does. Each of them alone stops most of what the others stop.
 *
 * @param acquire leases a connection of that database, or rejects when the signal aborts; see `leaseFromPool`
 */
export function openGuarded(acquire: (signal: AbortSignal) => Promise<GuardedLease>, options: GuardOptions): Guarded {
  const memory = new CatalogMemory(options.now);
  const allowed = createNameMatcher(options.allowFunctions ?? []);
  const denied = createNameMatcher((options.denySchemas ?? []).map((glob) => `${glob}.*`));
  const timeouts = { statementMs: options.statementTimeoutMs ?? 15_000, lockMs: options.lockTimeoutMs ?? 2_000 };
  const receivedBytes = options.receivedBytes ?? 64 * 1024 * 1024;

  let prepared = true;

  const resolve = async (
    query: OwnQuery,
    statement: CheckedStatement,
    session: SessionFacts,
  ): Promise<readonly string[]> => {
    if (session.powerful && options.powerfulRole === 'refuse') throw refusePowerful();
    requireSameNames(statement.sql, session);
    const relations =
      statement.kind === 'show' ? [] : await resolveReach(query, statement.references, { ...session, allowed, memory });
    const refused = relations.find(denied);
    if (refused !== undefined) throw refuseSchema(refused);
    await session.restoreSettings();
    return relations;
  };

  const attempt = async <Result>(signal: AbortSignal, work: GuardedWork<Result>): Promise<Result> => {
    signal.throwIfAborted();
    const lease = await acquire(signal);
    const query = createOwnQuery(lease.client, prepared);
    return runWatched(
      lease,
      { receivedBytes, signal },
      async () => work(lease.client, query, await beginGuarded(query, timeouts)),
      async () => endGuarded(lease.client),
    );
  };

  const within = async <Result>(signal: AbortSignal, work: GuardedWork<Result>): Promise<Result> => {
    try {
      return await attempt(signal, work);
    } catch (error) {
      if (!prepared || !isLostPreparation(error)) throw error;
      prepared = false;
      return attempt(signal, work);
    }
  };

  const withChecked: Guarded['withChecked'] = async (sql, { signal }, work) => {
    const statement = await checkStatement(sql);
    return within(signal, async (_client, query, session) => {
      await resolve(query, statement, session);
      return work(query, statement);
    });
  };

  return {
    async run(sql, { parameters = [], signal, maxRows = 100, maxBytes = 8_000, maxValueLength = 500 }) {
      const started = options.now();
      const statement = await checkStatement(sql);
      checkParameters(statement, parameters);
      return within(signal, async (client, query, session) => {
        const relations = await resolve(query, statement, session);
        const caps = { maxRows, maxBytes, maxValueLength };
        const result = await readPortal(client, sql, parameters.map(boundValue), caps);
        const warnings = session.powerful ? [POWERFUL_ROLE_WORDS] : [];
        return { ...result, kind: statement.kind, relations, warnings, elapsedMs: options.now() - started };
      });
    },
    check: async (sql, { signal }) => withChecked(sql, { signal }, async (_query, statement) => statement),
    withChecked,
  };
}

function boundValue(value: ParameterValue): string | null {
  return value === null ? null : String(value);
}

function checkParameters(statement: CheckedStatement, parameters: readonly ParameterValue[]): void {
  const needed = statement.genericPlan ? 0 : statement.references.parameters;
  if (parameters.length <= MAX_PARAMETERS && needed <= parameters.length) return;
  throw new GuardRefusal({
    rule: 'parameters',
    node: 'ParamRef',
    message: `the statement uses $${needed} and ${parameters.length} parameters are given; at most ${MAX_PARAMETERS} are bound`,
    instead: 'give one value for each $n; a list goes as one array literal, such as {1,2,3}',
  });
}

function refuseSchema(relation: string): GuardRefusal {
  return new GuardRefusal({
    rule: 'relation-refused',
    node: `relation ${relation}`,
    message: 'it lies in a schema that free SQL may not read here',
    instead: 'relations of other schemas; an operator decides with --deny-schemas',
  });
}

function refusePowerful(): GuardRefusal {
  return new GuardRefusal({
    rule: 'powerful-role',
    node: 'session',
    message: `free SQL is switched off: ${POWERFUL_ROLE_WORDS}`,
    instead: 'the other tools, or a least-privilege role',
  });
}
