import {
  type Finding,
  finding,
  findings,
  findingsReport,
  nextCall,
  outside,
  renderFindings,
  timestamp,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { cheapChecks, judge, type Overview } from '../analysis/overview/index.ts';
import type { FullServer } from '../backend/port.ts';
import type { ServerFacts } from '../model/server-facts.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { earlierCounters, snapshotIfDue } from './snapshots.ts';

const check = z.enum(cheapChecks);

export const overview = defineTool({
  name: 'pg_overview',
  title: 'Database overview',
  description:
    'First call for any PostgreSQL problem, slow database, incident or morning check: is the server healthy, what is wrong, how bad, what to do next. Holds connections, transactions, locks, wraparound, replication, vacuum, storage, backups, settings and more against thresholds. Returns verdict, score, findings with evidence and fix, what was not examined, the next call.',
  searchHint: 'postgres postgresql database health check status slow incident triage problem',
  alwaysLoad: true,
  risk: 'read',
  input: z.strictObject({
    checks: z.array(check).min(1).max(20).optional().describe('all by default'),
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ object: outside(z.string()), evidence: outside(z.string()) })),
    score: z.int().min(0).max(100).describe('for trends; the verdict decides'),
    unscored: z.array(z.string()).describe('checks that could not count in the score'),
    server: z.string(),
    notes: z.array(z.string()),
  }),
  async handle({ checks = cheapChecks, database }, call) {
    const { settings, signal } = call;
    const backend = await inScope(database, call);
    const here = { ...call, backend };
    const reading = await backend.health(checks, signal);
    if ('full' in reading) return fullServer(reading);
    const earlier = await earlierCounters(here, reading.facts);
    const ownChecks = checks.includes('own') ? await backend.ownChecks(settings.checks, signal) : [];
    const seen =
      checks.includes('backup') && database === undefined ? await call.backend.backups('quick', signal) : undefined;
    const { rpo: rpoMinutes, rto: rtoMinutes } = settings.objectives;
    const backups = seen && { reading: seen, now: call.clock.now(), rtoMinutes };
    const context = { earlier, ownChecks, backups, capacityBytes: settings.capacity, rpoMinutes };
    const judged = judge(reading, context, checks);
    const kept = await snapshotIfDue(here);
    return {
      ...findings({
        summary: summaryOf(judged),
        findings: judged.findings,
        notExamined: [...judged.notExamined, ...kept],
        window: earlier === undefined ? `now, ${timestamp(reading.at)}` : `now and since ${timestamp(earlier.at)}`,
      }),
      score: judged.score,
      unscored: [...judged.unscored],
      server: describe(reading.facts, reading.at),
      notes: [...judged.notes],
    };
  },
  render(report) {
    const [verdict = '', ...rest] = renderFindings(report).split('\n');
    const unscored = report.unscored.length === 0 ? '' : `, without ${report.unscored.join(', ')}`;
    const head = [verdict, report.server, `Score ${report.score} of 100${unscored}`];
    if (report.notes.length > 0) head.push(report.notes.join('; '));
    const text = [...head, ...rest].join('\n');
    const hasNext = report.findings.some((item) => item.next);
    return hasNext || report.verdict === 'unknown' ? text : `${text}\n\n${nextCall('pg_top_queries', { by: 'total' })}`;
  },
});

function summaryOf({ findings: list }: Overview): string {
  const of = (severity: Finding['severity']) => list.filter((item) => item.severity === severity);
  const critical = of('critical');
  const warnings = of('warning');
  const infos = of('info');
  if (list.length === 0) return 'nothing found by the checks that were made';
  const counts = [`${critical.length} critical`, plural(warnings.length, 'warning'), plural(infos.length, 'note')].join(
    ', ',
  );
  const [worst] = [...critical, ...warnings];
  return worst === undefined ? `${plural(infos.length, 'note')}, nothing urgent` : `${counts}; first ${worst.id}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function describe(facts: ServerFacts, at: number): string {
  const kind = facts.inRecovery ? 'standby' : 'primary';
  const tls = facts.encrypted ? 'TLS' : facts.remote ? 'no TLS' : 'local';
  const days = Math.max(0, (at - facts.startedAt) / 86_400_000);
  const up = days >= 1 ? `${Math.floor(days)} d` : `${Math.floor(days * 24)} h`;
  return `PostgreSQL ${facts.version}, ${kind}, up ${up}, ${tls}`;
}

/** 53300 before a first connection: nothing else can be examined, and that alone is critical. */
function fullServer({ address }: FullServer) {
  return {
    ...findings({
      summary: 'the server is full: it grants not one more connection',
      findings: [
        {
          id: 'connections_full',
          severity: 'critical',
          object: address,
          evidence: 'SQLSTATE 53300: too many clients already',
          threshold: 'one free connection',
          fix: 'Stop a client or its pool, or connect as a role with pg_use_reserved_connections (16 and later) or a superuser: those slots are kept free',
          next: { tool: 'pg_overview', args: {} },
        },
      ],
      notExamined: [{ what: 'everything else', why: 'no connection', required: true }],
      window: 'now',
    }),
    score: 0,
    unscored: [],
    server: `PostgreSQL at ${address}`,
    notes: [],
  };
}
