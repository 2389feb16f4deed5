import type { Session } from '../model/session.ts';
import { groupBy } from './group-by.ts';
import { clientSessions, isIdleInTransaction } from './overview/connections.ts';

export const groupings = ['none', 'user', 'app', 'addr', 'state'] as const;
export type Grouping = (typeof groupings)[number];

/** Sessions that share what they are grouped by. */
export interface SessionGroup {
  readonly name: string;
  readonly sessions: number;
  readonly active: number;
  readonly idle: number;
  readonly idleInTransaction: number;
  /** Longest in its present state, ms. */
  readonly longestMs: number;
}

/** Who keeps connections without using them. */
export interface Leak {
  readonly user: string;
  readonly application: string;
  readonly address: string;
  readonly sessions: number;
  /** Idle for over five minutes, or sitting in a transaction for over thirty seconds. */
  readonly unused: number;
  readonly longestMs: number;
}

/** The session that keeps vacuum from removing dead rows since longest. */
export interface HorizonHolder {
  readonly pid: number;
  /** Transactions. */
  readonly xminAge: number;
}

const unusedMs = 300_000;
const openTransactionMs = 30_000;
/** A pool may keep some connections: fewer unused ones than this are nobody's leak. */
const leakFrom = 5;
const unusedShare = 0.8;

/** Client sessions by one property, most sessions first. */
export function groupSessions(sessions: readonly Session[], by: Exclude<Grouping, 'none'>): readonly SessionGroup[] {
  const groups = groupBy(clientSessions(sessions), names[by]);
  return [...groups]
    .map(([name, members]) => ({
      name,
      sessions: members.length,
      active: members.filter((one) => one.state === 'active').length,
      idle: members.filter((one) => one.state === 'idle').length,
      idleInTransaction: members.filter(isIdleInTransaction).length,
      longestMs: Math.max(0, ...members.map((one) => one.stateMs ?? 0)),
    }))
    .toSorted((a, b) => b.sessions - a.sessions || (a.name < b.name ? -1 : 1));
}

/**
 * Clients, by user, application and address, most of whose connections lie unused: at least five of them and at least
 * 80 %, most first. A busy pool of any size is none.
 */
export function findLeaks(sessions: readonly Session[]): readonly Leak[] {
  const clients = clientSessions(sessions).filter((one) => !one.own);
  const groups = groupBy(clients, (one) => JSON.stringify([one.user, one.application, one.address]));
  return [...groups.values()]
    .map((members): Leak => {
      const unused = members.filter(isUnused);
      const [first] = members;
      return {
        user: first?.user ?? '',
        application: first?.application ?? '',
        address: first?.address ?? 'local socket',
        sessions: members.length,
        unused: unused.length,
        longestMs: Math.max(0, ...unused.map((one) => one.stateMs ?? 0)),
      };
    })
    .filter((leak) => leak.unused >= leakFrom && leak.unused / leak.sessions >= unusedShare)
    .toSorted((a, b) => b.unused - a.unused);
}

export function horizonHolder(sessions: readonly Session[]): HorizonHolder | undefined {
  const [oldest] = sessions
    .filter((one) => one.xminAge !== null && !one.own)
    .toSorted((a, b) => (b.xminAge ?? 0) - (a.xminAge ?? 0));
  return oldest && { pid: oldest.pid, xminAge: oldest.xminAge ?? 0 };
}

function isUnused(session: Session): boolean {
  const ms = session.stateMs ?? 0;
  return isIdleInTransaction(session) ? ms >= openTransactionMs : session.state === 'idle' && ms >= unusedMs;
}

const names: Readonly<Record<Exclude<Grouping, 'none'>, (session: Session) => string>> = {
  user: ({ user }) => user ?? 'none',
  app: ({ application }) => (application === '' ? 'unnamed' : application),
  addr: ({ address }) => address ?? 'local socket',
  state: ({ state }) => state ?? 'unknown',
};
