import type { Client, ClientBase } from 'pg';
import type { ServerFacts } from '../model/server-facts.ts';
import { type Address, type ClientOptions, createClient } from './client.ts';
import { sqlState } from './errors.ts';
import { limitMessages } from './message-limit.ts';
import { probe } from './probe.ts';
import { query } from './query.ts';
import { withinTime } from './within-time.ts';

export interface Lease {
  readonly client: ClientBase;
  readonly facts: ServerFacts;
  /** Opened for this lease, so a lost connection is news about the server and not about the pool. */
  readonly fresh: boolean;
  /** Under `own` no object of a user can stand in for a built-in one; free SQL sees the path of its role. */
  searchPath(whose: 'own' | 'role'): Promise<void>;
  /** After DISCARD ALL. */
  discarded(): void;
  release(broken: boolean): void;
}

export interface Pool {
  /** A connection, at most `limit` at a time. @throws what the driver reports when none can be had, and the signal's reason */
  lease(signal?: AbortSignal): Promise<Lease>;
  /** Process ids on the server. */
  pids(): readonly number[];
  /** Of the last connection opened. */
  address(): Address | undefined;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly client: ClientOptions;
  /** Connections at most. */
  readonly limit: number;
  /**
   * Idle connections that stay open, so that a server that is full later can still be looked at. With 0 each connection
   * serves one lease: what ran on it cannot have met a dead connection before, so nothing is ever repeated.
   */
  readonly keep: number;
  readonly log: (text: string) => void;
}

interface Member {
  readonly client: Client;
  readonly facts: ServerFacts;
  busy: boolean;
  path: 'own' | 'role' | 'none';
  closeTimer: NodeJS.Timeout | undefined;
}

const idleMs = 30_000;
const tooManyConnections = '53300';
const probeTimeoutMs = 8000;
/** Undefined object and invalid value: a setting that this server does not know, or cannot keep on its platform. */
const unknownSetting = ['42704', '22023'];

// Set in the session, not at its start, so that `reset_val` still tells what the server gives others.
const idleTimeout = "pg_catalog.set_config('idle_in_transaction_session_timeout', '60s', false)";
const ownPath = `SELECT pg_catalog.set_config('search_path', 'pg_catalog', false), ${idleTimeout}`;

function pathChange(from: 'own' | 'role' | 'none', to: 'own' | 'role'): string {
  if (to === 'own') return ownPath;
  return from === 'none' ? `SELECT ${idleTimeout}` : 'RESET search_path';
}

/** A small pool that keeps connections, drops dead ones by itself, and shrinks to what a full server still grants. */
export function createPool(options: PoolOptions): Pool {
  const members = new Set<Member>();
  const waiting: ((member: Member | undefined) => void)[] = [];
  let opening = 0;
  let closed = false;
  let clientCheck = true;
  let address: Address | undefined;

  const drop = (member: Member): void => {
    clearTimeout(member.closeTimer);
    if (!members.delete(member)) return;
    member.client.end().catch(() => undefined);
    // Whoever waits may now open one.
    waiting.shift()?.(undefined);
  };
  const lend = (member: Member, fresh: boolean): Lease => {
    clearTimeout(member.closeTimer);
    member.busy = true;
    let released = false;
    return {
      client: member.client,
      facts: member.facts,
      fresh,
      async searchPath(whose) {
        if (member.path === whose) return;
        await query(member.client, pathChange(member.path, whose));
        member.path = whose;
      },
      discarded() {
        member.path = 'none';
      },
      release(broken) {
        if (released) return;
        released = true;
        if (broken || closed || !members.has(member)) return drop(member);
        const next = waiting.shift();
        if (next) return next(member);
        member.busy = false;
        rest(member);
      },
    };
  };
  const rest = (member: Member): void => {
    if (members.size <= options.keep) return;
    if (options.keep === 0) return drop(member);
    member.closeTimer = setTimeout(() => drop(member), idleMs);
    member.closeTimer.unref();
  };
  const open = async (): Promise<Lease> => {
    opening += 1;
    try {
      const made = await createClient(options.client, { clientCheck });
      address = made.address;
      await connectOrEnd(made.client);
      limitMessages(made.client);
      const facts = await probeOrEnd(made.client, made.address.remote);
      const member: Member = { client: made.client, facts, busy: true, path: 'own', closeTimer: undefined };
      members.add(member);
      made.client.on('error', (error) => {
        options.log(`a connection ended: ${error.message}`);
        drop(member);
      });
      made.client.on('end', () => drop(member));
      return lend(member, true);
    } catch (error) {
      if (!clientCheck || !unknownSetting.includes(sqlState(error) ?? '')) throw error;
      clientCheck = false;
      return await open();
    } finally {
      opening -= 1;
    }
  };
  const wait = async (): Promise<Lease> => {
    const member = await new Promise<Member | undefined>((resolve) => waiting.push(resolve));
    return member === undefined ? lease() : lend(member, false);
  };
  const lease = async (): Promise<Lease> => {
    if (closed) throw new Error('the pool is closed');
    const idle = [...members].find((member) => !member.busy);
    if (idle) return lend(idle, false);
    if (members.size + opening >= options.limit) return wait();
    try {
      return await open();
    } catch (error) {
      // A full server grants no further connection: share those there are.
      if (sqlState(error) !== tooManyConnections || members.size === 0) {
        waiting.shift()?.(undefined);
        throw error;
      }
      const free = [...members].find((member) => !member.busy);
      return free ? lend(free, false) : wait();
    }
  };
  return {
    lease: (signal) => (signal === undefined ? lease() : unlessAborted(lease(), signal)),
    pids: () => [...members].map(({ client }) => pidOf(client)),
    address: () => address,
    async close() {
      closed = true;
      await Promise.all([...members].map(async (member) => drop(member)));
    },
  };
}

async function connectOrEnd(client: Client): Promise<void> {
  try {
    await client.connect();
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
}

async function probeOrEnd(client: Client, remote: boolean): Promise<ServerFacts> {
  try {
    await withinTime(query(client, ownPath), probeTimeoutMs);
    return await withinTime(probe(client, remote), probeTimeoutMs);
  } catch (error) {
    client.end().catch(() => undefined);
    throw error;
  }
}

/** A lease that comes too late goes back unused. */
function unlessAborted(coming: Promise<Lease>, signal: AbortSignal): Promise<Lease> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason as Error);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
    const settle = (): void => signal.removeEventListener('abort', aborted);
    coming.finally(settle).then((lease) => {
      if (signal.aborted) lease.release(false);
      return resolve(lease);
    }, reject);
  });
}

function pidOf(client: Client): number {
  return (client as unknown as { processID: number | null }).processID ?? 0;
}
