import { count, duration, type Finding } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import type { Session } from '../../model/session.ts';
import { figure, grade, thresholds } from '../thresholds.ts';
import { notRead, type Check } from './types.ts';

/** Maintenance is long by nature, and standbys' senders have no transaction of their own. */
const exempt = ['autovacuum worker', 'walsender', 'parallel worker'];

export const transactions: Check = {
  name: 'transactions',
  weight: 1.5,
  cheap: true,
  run({ sessions }) {
    if (!isRead(sessions)) return notRead('long transactions', sessions.missing, true);
    return { findings: judgeTransactions(sessions.value), notExamined: [] };
  },
};

/** The five longest transactions that are too long. */
export function judgeTransactions(sessions: readonly Session[]): readonly Finding[] {
  return sessions
    .filter((one) => !one.own && !exempt.includes(one.kind) && one.transactionMs !== null)
    .toSorted((a, b) => (b.transactionMs ?? 0) - (a.transactionMs ?? 0))
    .flatMap((session) => longTransaction(session))
    .slice(0, 5);
}

function longTransaction(session: Session): readonly Finding[] {
  const { transactionMs } = session;
  const severity = transactionMs === null ? undefined : grade(thresholds.transactionMs, transactionMs);
  if (severity === undefined || transactionMs === null) return [];
  const pins =
    session.xminAge === null ? 'holds no snapshot' : `holds back vacuum by ${count(session.xminAge)} transactions`;
  return [
    {
      id: 'long_transaction',
      severity,
      object: `pid ${session.pid}`,
      evidence: `${session.state ?? 'active'}, transaction open ${duration(transactionMs)}, ${pins}`,
      threshold: duration(figure(thresholds.transactionMs, severity)),
      fix: 'Let it end, or stop it after looking at what it does',
      next: { tool: 'pg_activity', args: { minSeconds: Math.floor(thresholds.transactionMs.info / 1000) } },
    },
  ];
}
