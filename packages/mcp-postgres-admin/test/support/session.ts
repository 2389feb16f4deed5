import type { Session } from '../../src/model/session.ts';

/** A client session that does nothing remarkable. */
export function session(extra: Partial<Session> = {}): Session {
  return {
    pid: 100,
    leaderPid: null,
    database: 'cinema',
    user: 'app',
    application: 'web',
    address: '10.0.0.1',
    kind: 'client backend',
    state: 'idle',
    backendStart: '2026-01-01 00:00:00+00',
    queryStart: null,
    connectedMs: 1000,
    transactionMs: null,
    queryMs: null,
    stateMs: 0,
    waitEvent: null,
    holdsXid: false,
    xminAge: null,
    query: 'SELECT 1',
    queryDigest: 'd41d8cd98f00b204e9800998ecf8427e',
    tls: false,
    own: false,
    ...extra,
  };
}
