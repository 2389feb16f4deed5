import {
  duration,
  findings,
  findingsReport,
  finding,
  nextCall,
  outside,
  page,
  percent,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { findLeaks, groupings, groupSessions, horizonHolder } from '../analysis/activity.ts';
import { clientSessions, clientSlots, judgeIdle, judgeSaturation } from '../analysis/overview/connections.ts';
import { judgeTransactions } from '../analysis/overview/transactions.ts';
import { roleGaps } from '../analysis/role-gaps.ts';
import type { Activity } from '../backend/port.ts';
import type { Session } from '../model/session.ts';
import { defineTool } from '../tool.ts';
import { pageInput, shownOf } from './paging.ts';
import { sessionRow } from './session-row.ts';

const states = ['active', 'idle', 'idle in transaction', 'background'] as const;
const name = outside(z.string());

const row = z.strictObject({
  pid: z.int(),
  user: name.optional(),
  app: name.optional(),
  addr: name.optional(),
  database: name.optional(),
  state: z.string(),
  forMs: z.number().optional(),
  transactionMs: z.number().optional(),
  wait: z.string().optional(),
  query: outside(z.string()),
});

export const activity = defineTool({
  name: 'pg_activity',
  title: 'Sessions and connections',
  description:
    'Who is connected and what they do now: saturation, long statements, idle in transaction, who leaks connections (user, application, address), TLS. Use for "too many connections", hanging or idle sessions, or before pg_cancel.',
  searchHint: 'postgres connections sessions processlist idle in transaction long running pool leak pg_stat_activity',
  risk: 'read',
  input: z.strictObject({
    state: z.enum(states).optional().describe('only these; idle in transaction includes aborted ones'),
    minSeconds: z.number().min(0).max(1e9).default(0).describe('at least so long in the present state'),
    groupBy: z.enum(groupings).default('none').describe('count by this instead of listing'),
    database: z.string().max(63).optional().describe('only sessions of this database'),
    ...pageInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ object: outside(z.string()), evidence: outside(z.string()) })),
    connections: z.strictObject({
      used: z.int(),
      slots: z.int(),
      active: z.int(),
      idle: z.int(),
      idleInTransaction: z.int(),
      withoutTls: z.int().describe('over the network'),
    }),
    horizon: z.strictObject({ pid: z.int(), xminAge: z.number() }).optional(),
    leaks: z.array(
      z.strictObject({
        user: name,
        application: name,
        address: name,
        sessions: z.int(),
        unused: z.int(),
        longestMs: z.number(),
      }),
    ),
    groups: z
      .array(
        z.strictObject({
          name,
          sessions: z.int(),
          active: z.int(),
          idle: z.int(),
          idleInTransaction: z.int(),
          longestMs: z.number(),
        }),
      )
      .optional(),
    sessions: z.array(row).optional(),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, { backend, signal }) {
    const scene = await backend.activity(signal);
    const chosen = scene.sessions.filter((session) => !session.own && isChosen(session, input));
    const holder = horizonHolder(scene.sessions);
    const listed =
      input.groupBy === 'none'
        ? page(chosen.toSorted((a, b) => weight(b) - weight(a)).map(sessionRow), input)
        : page(groupSessions(chosen, input.groupBy), input);
    const { rows, total, cursor } = listed;
    return {
      ...report(scene),
      connections: countsOf(scene),
      ...(holder === undefined ? {} : { horizon: holder }),
      leaks: findLeaks(scene.sessions).slice(0, 5),
      ...(input.groupBy === 'none' ? { sessions: rows as never } : { groups: rows as never }),
      total,
      ...(cursor === undefined ? {} : { cursor }),
    };
  },
  render(answer) {
    const { connections, horizon, leaks } = answer;
    const lines = [`${answer.verdict.toUpperCase()}: ${answer.summary}`];
    lines.push(
      ...answer.findings.map(
        (item) => `${item.severity} ${item.id}: ${item.object}: ${item.evidence} vs ${item.threshold}. ${item.fix}`,
      ),
    );
    if (horizon)
      lines.push(
        `Oldest snapshot: pid ${horizon.pid}, age ${horizon.xminAge} transactions: vacuum removes nothing that died since.`,
      );
    if (connections.withoutTls > 0) lines.push(`${connections.withoutTls} network sessions without TLS.`);
    lines.push(
      ...leaks.map(
        (leak) =>
          `Leak: user ${leak.user}, app ${leak.application}, from ${leak.address}: ${leak.unused} of ${leak.sessions} connections unused, the longest for ${duration(leak.longestMs)}.`,
      ),
    );
    lines.push('', answer.groups ? groupTable(answer.groups) : sessionTable(answer.sessions ?? []));
    const shown = answer.groups?.length ?? answer.sessions?.length ?? 0;
    lines.push(...shownOf(shown, answer));
    for (const part of answer.notExamined) lines.push(`Not examined: ${part.what} (${part.why})`);
    const first = answer.sessions?.find(
      (one) => one.state.startsWith('idle in transaction') && (one.forMs ?? 0) > 60_000,
    );
    lines.push(
      '',
      first ? nextCall('pg_terminate', { pid: first.pid, expectQuery: 'its query as shown' }) : nextCall('pg_locks'),
    );
    return lines.join('\n');
  },
});

function isChosen(
  session: Session,
  wanted: { readonly state?: string | undefined; readonly minSeconds: number; readonly database?: string | undefined },
): boolean {
  const client = session.kind === 'client backend';
  if (wanted.state === 'background' ? client : !client) return false;
  if (wanted.database !== undefined && session.database !== wanted.database) return false;
  if ((session.stateMs ?? 0) < wanted.minSeconds * 1000) return false;
  if (wanted.state === undefined || wanted.state === 'background') return true;
  if (wanted.state === 'idle in transaction') return session.state?.startsWith(wanted.state) ?? false;
  return session.state === wanted.state;
}

/** Working and transaction-holding sessions before idle ones, longest first. */
function weight(session: Session): number {
  const rank = session.state === 'idle' || session.state === null ? 0 : 1e15;
  return rank + (session.transactionMs ?? session.stateMs ?? 0);
}

function countsOf({ sessions, limits }: Activity) {
  const clients = clientSessions(sessions);
  return {
    used: clients.length,
    slots: clientSlots(limits),
    active: clients.filter((one) => one.state === 'active').length,
    idle: clients.filter((one) => one.state === 'idle').length,
    idleInTransaction: clients.filter((one) => one.state?.startsWith('idle in transaction')).length,
    withoutTls: clients.filter((one) => one.tls === false && one.address !== null && !isLoopback(one.address)).length,
  };
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function report(scene: Activity) {
  const clients = clientSessions(scene.sessions);
  const counts = countsOf(scene);
  const hidden = roleGaps(scene.facts).filter(({ right }) => right === 'pg_monitor');
  return findings({
    summary: `${counts.used} of ${counts.slots} client connections used (${percent(counts.used / counts.slots)}): ${counts.active} active, ${counts.idle} idle, ${counts.idleInTransaction} idle in transaction`,
    findings: [
      ...judgeSaturation(clients.length, counts.slots),
      ...judgeIdle(clients),
      ...judgeTransactions(scene.sessions),
    ].map(({ next: _next, ...item }) => item),
    notExamined: hidden.map((gap) => ({ what: gap.hides, why: gap.fix, required: true })),
    window: 'now',
  });
}

function sessionTable(rows: readonly z.output<typeof row>[]): string {
  return table(
    rows.map(({ forMs, transactionMs, ...one }) => ({
      ...one,
      for: forMs === undefined ? undefined : duration(forMs),
      transaction: transactionMs === undefined ? undefined : duration(transactionMs),
    })),
    ['pid', 'user', 'app', 'addr', 'database', 'state', 'for', 'transaction', 'wait', 'query'],
  );
}

function groupTable(groups: readonly { readonly name: string; readonly longestMs: number }[]): string {
  return table(
    groups.map(({ longestMs, ...group }) => ({ ...group, longest: duration(longestMs) })),
    ['name', 'sessions', 'active', 'idle', 'idleInTransaction', 'longest'] as never,
  );
}
