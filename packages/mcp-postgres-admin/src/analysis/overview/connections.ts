import { duration, type Finding, percent } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import type { ConnectionLimits, Session } from '../../model/session.ts';
import { figure, grade, idleInTransactionMs, thresholds } from '../thresholds.ts';
import { notRead, type Check } from './types.ts';

/** Connections that a client without special rights can have. */
export function clientSlots(limits: ConnectionLimits): number {
  return Math.max(1, limits.max - limits.superuserReserved - limits.reserved);
}

export function clientSessions(sessions: readonly Session[]): readonly Session[] {
  return sessions.filter((session) => session.kind === 'client backend');
}

export function isIdleInTransaction(session: Session): boolean {
  return session.state?.startsWith('idle in transaction') ?? false;
}

export const connections: Check = {
  name: 'connections',
  weight: 2,
  cheap: true,
  run({ sessions, limits }) {
    if (!isRead(sessions)) return notRead('connections', sessions.missing, true);
    if (!isRead(limits)) return notRead('connections', limits.missing, true);
    const clients = clientSessions(sessions.value);
    const slots = clientSlots(limits.value);
    const findings = [...judgeSaturation(clients.length, slots), ...judgeIdle(clients)];
    return {
      findings,
      notExamined: [],
      note: `connections ${clients.length} of ${slots} (${percent(clients.length / slots)})`,
    };
  },
};

/** How full the server is; empty while it is not. */
export function judgeSaturation(used: number, slots: number): readonly Finding[] {
  const severity = grade(thresholds.connections, used / slots);
  if (severity === undefined) return [];
  return [
    {
      id: 'connections_saturated',
      severity,
      object: 'max_connections',
      evidence: `${used} of ${slots} client connections used, ${percent(used / slots)}`,
      threshold: percent(figure(thresholds.connections, severity)),
      fix: 'Find who holds them; put a pooler in front, or close leaked ones',
      next: { tool: 'pg_activity', args: { groupBy: 'app' } },
    },
  ];
}

/** Sessions that sit in an open transaction. */
export function judgeIdle(clients: readonly Session[]): readonly Finding[] {
  const long = clients.filter((one) => isIdleInTransaction(one) && (one.stateMs ?? 0) >= idleInTransactionMs);
  const severity = grade(thresholds.idleInTransaction, long.length);
  if (severity === undefined) return [];
  const oldest = Math.max(...long.map((one) => one.stateMs ?? 0));
  return [
    {
      id: 'idle_in_transaction',
      severity,
      object: `${long.length} sessions`,
      evidence: `${long.length} idle in transaction for over ${duration(idleInTransactionMs)}, the longest ${duration(oldest)}`,
      threshold: `${figure(thresholds.idleInTransaction, severity)} sessions`,
      fix: 'Find the application that leaves transactions open; set idle_in_transaction_session_timeout',
      next: { tool: 'pg_activity', args: { state: 'idle in transaction' } },
    },
  ];
}
