import { type Call, duration, outside, type Plan, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { identityOf, isExpectedQuery, protection } from '../analysis/signalling.ts';
import type { PostgresBackend } from '../backend/port.ts';
import type { Session } from '../model/session.ts';
import type { SessionIdentity, SessionSignal, Signalled } from '../model/signalling.ts';
import type { PostgresSettings } from '../settings.ts';

type SessionCall = Call<PostgresBackend, PostgresSettings>;

/** What both tools that end something take: the pid, and proof that the caller means what runs there now. */
export const sessionInput = z.strictObject({
  pid: z
    .int()
    .min(1)
    .max(2 ** 31 - 1)
    .describe('of pg_locks or pg_activity'),
  expectQuery: z.string().min(1).max(4000).describe('beginning of its query as shown there'),
});

export const signalledOutput = z.strictObject({
  verdict: z.enum(['ok', 'warning']),
  pid: z.int(),
  sent: z.boolean(),
  ended: z.boolean(),
  next: outside(z.string()),
});

/** What is signalled, with what a person is shown beside it. */
export type SignalPlan = Plan<SessionIdentity & { readonly [key: string]: string | number }>;

/** Looks at the session and describes what will happen to it; a session that is gone leaves nothing to do. */
export async function planSignal(
  kind: SessionSignal,
  input: z.output<typeof sessionInput>,
  { backend, settings, signal }: SessionCall,
): Promise<SignalPlan> {
  const session = await backend.session(input.pid, signal);
  if (session === undefined) return nothingToDo(input.pid, 'no such session: it has ended already');
  if (!isExpectedQuery(session.query, input.expectQuery)) throw runsSomethingElse(session);
  if (kind === 'cancel' && session.state !== 'active')
    return nothingToDo(
      input.pid,
      `the session is ${session.state ?? 'idle'}: no statement runs that could be cancelled`,
    );
  const why = protection(session);
  if (why !== undefined)
    throw new ToolError('invalid_input', `session ${session.pid} is not to be ended: ${why}`, {
      hint: 'Choose another pid; pg_locks names the root of a chain.',
    });
  const facts = await backend.facts(signal);
  if (settings.databases.length === 0 && session.database !== null && session.database !== facts.database)
    throw outOfScope(session.database);
  return {
    summary:
      kind === 'cancel'
        ? `cancel the statement of session ${session.pid}`
        : `end session ${session.pid}, whose open transaction is rolled back`,
    steps: [
      `${kind === 'cancel' ? 'pg_cancel_backend' : 'pg_terminate_backend'}(${session.pid}), only if it still is the same session with the same query`,
    ],
    targets: targetsOf(session, settings),
    warnings: warningsOf(kind, session),
    undo:
      kind === 'cancel' ? 'run the statement again' : 'none: the client has to connect and start its transaction again',
    observed: { ...identityOf(session) },
  };
}

/** What came of it, as the tool returns it. */
export function outcomeOf(
  kind: SessionSignal,
  pid: number,
  { sent, ended }: Signalled,
): z.input<typeof signalledOutput> {
  const next = kind === 'cancel' && !ended ? 'pg_terminate, if it has to end' : 'pg_locks';
  return { verdict: sent && ended ? 'ok' : 'warning', pid, sent, ended, next };
}

export function renderOutcome(
  kind: SessionSignal,
  { verdict, pid, sent, ended, next }: z.output<typeof signalledOutput>,
): string {
  const what = kind === 'cancel' ? 'the statement' : 'the session';
  if (!sent)
    return `${verdict.toUpperCase()}: nothing was signalled: session ${pid} is gone or runs something else by now.\nNext: ${next}`;
  const state = ended
    ? `${what} of pid ${pid} has ended`
    : `signalled, but ${what} of pid ${pid} had not ended after 5 s`;
  return `${verdict.toUpperCase()}: ${state}.\nNext: ${next}`;
}

function targetsOf(session: Session, settings: PostgresSettings): Plan['targets'] {
  const backend = { type: 'backend', id: String(session.pid) };
  const limited = settings.databases.length > 0 && session.database !== null;
  return limited ? [backend, { type: 'database', id: session.database }] : [backend];
}

function warningsOf(kind: SessionSignal, session: Session): string[] {
  const { user, application, database, address } = session;
  const who = `It belongs to user ${named(user)}, application ${named(application)}, database ${named(database)}, from ${address ?? 'a local socket'}.`;
  const transaction =
    session.transactionMs === null
      ? []
      : [
          `Its transaction has run for ${duration(session.transactionMs)}${session.holdsXid ? ' and has changed data' : ''}.`,
        ];
  const worker = session.kind === 'client backend' ? [] : [`It is a ${session.kind}; it may start again by itself.`];
  return kind === 'cancel' ? [who, ...worker] : [who, ...transaction, ...worker];
}

function named(text: string | null): string {
  return text === null || text === '' ? 'none' : quote(text);
}

function nothingToDo(pid: number, summary: string): SignalPlan {
  return {
    summary,
    steps: [],
    targets: [],
    warnings: [],
    undo: 'nothing to undo',
    observed: { pid, backendStart: '', queryDigest: '' },
  };
}

function runsSomethingElse(session: Session): ToolError {
  return new ToolError('backend_conflict', `session ${session.pid} runs another query than expectQuery says`, {
    hint: 'Nothing was signalled. Look again with pg_activity or pg_locks and pass what is shown there now.',
    backendText: session.query,
  });
}

function outOfScope(database: string): ToolError {
  return new ToolError('out_of_scope', `the session belongs to database ${database}`, {
    hint: 'Only the database of the connection is in scope; an operator adds others with --databases.',
  });
}
