import { duration, finding, findings, findingsReport, nextCall, outside } from '@cinecom/mcp-core';
import * as z from 'zod';
import { lockFinding, type LockLine, type LockRoot, lockRoots, nameOf } from '../analysis/lock-report.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { queryExcerpt } from './session-row.ts';

const shownRoots = 10;

const line = z.strictObject({
  depth: z.int(),
  pid: z.int(),
  who: outside(z.string()),
  state: z.string(),
  waitMs: z.number().optional(),
  waitsFor: outside(z.string()).optional(),
  alsoBlockedBy: z.array(z.int()).optional(),
  query: outside(z.string()),
});

export const locks = defineTool({
  name: 'pg_locks',
  title: 'Who blocks whom',
  description:
    'Blocking tree for hanging statements, lock timeouts and stuck deployments: the session at the root, everybody who waits below it and for how long, what the root holds and pins (vacuum horizon, slot), and how to end it.',
  searchHint: 'postgres lock blocking deadlock hang stuck waiting pg_blocking_pids ddl migration',
  risk: 'read',
  input: z.strictObject({
    minWaitMs: z.int().min(0).max(86_400_000).default(0).describe('leave out chains that wait for less'),
    limit: z.int().min(1).max(200).default(20).describe('sessions to show in each tree'),
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ object: outside(z.string()) })),
    roots: z.array(
      z.strictObject({
        pid: z.int(),
        name: outside(z.string()),
        victims: z.int(),
        longestWaitMs: z.number(),
        held: z.array(outside(z.string())),
        pins: z.array(outside(z.string())),
        advice: z.string(),
        end: z.enum(['pg_cancel', 'pg_terminate']).optional(),
        lines: z.array(line),
        hidden: z.int().describe('sessions of the tree that are not shown'),
      }),
    ),
    totalRoots: z.int(),
  }),
  async handle({ minWaitMs, limit, database }, call) {
    const backend = await inScope(database, call);
    const scene = await backend.locks(call.signal);
    const roots = lockRoots(scene, minWaitMs);
    const waiting = roots.reduce((sum, root) => sum + root.tree.victimCount, 0);
    const longest = Math.max(0, ...roots.map((root) => root.tree.longestWaitMs));
    return {
      ...findings({
        summary:
          roots.length === 0
            ? `nobody waits for a lock${minWaitMs > 0 ? ` for ${duration(minWaitMs)} or longer` : ''}`
            : `${waiting} ${waiting === 1 ? 'session waits' : 'sessions wait'} behind ${roots.length} ${roots.length === 1 ? 'root' : 'roots'}, the longest for ${duration(longest)}`,
        findings: roots.map(lockFinding),
        window: 'now',
      }),
      roots: roots.slice(0, shownRoots).map((root) => shownRoot(root, limit)),
      totalRoots: roots.length,
    };
  },
  render({ verdict, summary, roots, totalRoots }) {
    const lines = [`${verdict.toUpperCase()}: ${summary}`];
    for (const root of roots) {
      lines.push('', `Root ${root.name}: ${root.victims} waiting, the longest for ${duration(root.longestWaitMs)}`);
      if (root.held.length > 0) lines.push(`Holds: ${root.held.join(', ')}`);
      if (root.pins.length > 0) lines.push(`Pins: ${root.pins.join('; ')}`);
      lines.push(...root.lines.map(treeLine), `Advice: ${root.advice}`);
      if (root.hidden > 0) lines.push(`${root.hidden} more sessions of this tree not shown.`);
    }
    if (totalRoots > roots.length) lines.push('', `${roots.length} of ${totalRoots} roots shown.`);
    const ending = roots.find((root) => root.end !== undefined);
    const next = ending?.end
      ? nextCall(ending.end, { pid: ending.pid, expectQuery: 'its query as shown' })
      : nextCall(roots.length === 0 ? 'pg_activity' : 'pg_locks');
    return [...lines, '', next].join('\n');
  },
});

function shownRoot(root: LockRoot, limit: number) {
  const shown = root.lines.slice(0, limit);
  return {
    pid: root.tree.pid,
    name: nameOf(root.tree.pid, root.lines[0]),
    victims: root.tree.victimCount,
    longestWaitMs: root.tree.longestWaitMs,
    held: [...root.held],
    pins: [...root.pins],
    advice: root.advice,
    ...(root.end === undefined ? {} : { end: root.end }),
    lines: shown.map(shownLine),
    hidden: root.lines.length - shown.length,
  };
}

function shownLine({ depth, pid, session, gid, waitMs, waitsFor, alsoBlockedBy }: LockLine) {
  const state = session?.state ?? session?.kind ?? 'prepared';
  const since = session?.stateMs === undefined || session.stateMs === null ? '' : ` ${duration(session.stateMs)}`;
  return {
    depth,
    pid,
    who: session === undefined ? (gid ?? 'ended') : whoOf(session),
    state: `${state}${since}`,
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(waitsFor === undefined ? {} : { waitsFor }),
    ...(alsoBlockedBy.length === 0 ? {} : { alsoBlockedBy: [...alsoBlockedBy] }),
    query: queryExcerpt(session?.query ?? ''),
  };
}

function whoOf({ user, application, address }: NonNullable<LockLine['session']>): string {
  return [user ?? 'none', application, address].filter((part) => part !== null && part !== '').join(' ');
}

function treeLine({ depth, pid, who, state, waitMs, waitsFor, alsoBlockedBy, query }: z.output<typeof line>): string {
  const waits = waitMs === undefined ? '' : `, waits ${duration(waitMs)} for ${waitsFor ?? 'a lock'}`;
  const also = alsoBlockedBy === undefined ? '' : `, also behind ${alsoBlockedBy.join(', ')}`;
  const name = pid === 0 ? 'prepared' : `pid ${pid}`;
  return `${'  '.repeat(depth)}- ${name} ${who}, ${state}${waits}${also}: ${query}`;
}
