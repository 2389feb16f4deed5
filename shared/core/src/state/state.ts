import { join } from 'node:path';
import type { Clock } from '../define/call.ts';
import type { Json } from '../define/plan.ts';
import { createCache } from './cache.ts';
import { jsonStore } from './json-store.ts';
import { createExclusive, type Exclusive } from './exclusive.ts';
import { createOperations } from './operations.ts';
import { sealedStore } from './sealed-store.ts';

/** What a tool may keep: a cache for the process's life, small JSON files, long operations, signed evidence. */
export interface State {
  /** LRU of 200, concurrent loads of one key coalesced; `--cache-ttl` overrides `ttlMs`, 0 = never. */
  readonly cached: <Value>(key: string, ttlMs: number, load: () => Promise<Value>) => Promise<Cached<Value>>;
  readonly store: JsonStore;
  /** As `store`, for what holds secrets: encrypted when `MCP_ENCRYPTION_KEY` is set. */
  readonly sealed: JsonStore;
  readonly operations: Operations;
  /**
   * Runs work that only one call at a time may do, of all processes that share the state folder; a store name tells which.
   * @throws ToolError `backend_conflict` while another does it
   */
  exclusive<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
  /** Writes a signed `evidence` record that other servers can cite; returns its record id. */
  evidence(item: Json): Promise<string>;
}

export interface Cached<Value> {
  readonly value: Value;
  /** 0 when it was loaded just now; the answer states it. */
  readonly ageMs: number;
}

/** Small JSON files under the state folder: 0600, replaced atomically. Names by grammar `[a-z0-9-]{1,64}`. */
export interface JsonStore {
  read(name: string): Promise<Json | undefined>;
  write(name: string, value: Json): Promise<void>;
}

/** Long work that outlives one call: a UUIDv4 handle, persisted, read by the server's status tool. */
export interface Operations {
  start(kind: string, lifetimeMs: number, work: (operation: OperationControl) => Promise<Json>): Promise<OperationView>;
  /** @throws ToolError `operation_unknown`, telling how to start anew */
  read(id: string): Promise<OperationView>;
  /** Aborts the work's signal; resolves with the state after at most 2 s. @throws ToolError `operation_unknown`, also when another process runs it */
  cancel(id: string): Promise<OperationView>;
}

export interface OperationControl {
  readonly id: string;
  readonly signal: AbortSignal;
  progress(done: number, total: number | undefined, text: string): void;
}

export interface OperationView {
  readonly id: string;
  readonly kind: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
  readonly startedAt: number;
  /** UTC ms; until then the handle can be read, and work still running is aborted. */
  readonly expiresAt: number;
  readonly progress: { readonly done: number; readonly total?: number; readonly text: string } | undefined;
  readonly result: Json | undefined;
  readonly error: string | undefined;
}

export interface StateOptions {
  /** Of this server, from `stateDir`; created when something is first written. */
  readonly folder: string;
  readonly clock: Clock;
  /** `--cache-ttl` in ms: replaces every tool's own; 0 = never cached. */
  readonly cacheTtlMs: number | undefined;
  /** Writes an `evidence` record to the audit log; resolves with its id. */
  readonly evidence: (item: Json) => Promise<string>;
  /** 32 bytes of `MCP_ENCRYPTION_KEY`; undefined without one. */
  readonly sealingKey?: (() => Promise<Buffer>) | undefined;
  /** What an operation threw that is no ToolError: for stderr, redacted. */
  readonly fault?: (error: unknown) => void;
}

export interface OpenState extends State {
  /** Aborts running operations and records them as lost. Idempotent. */
  close(): Promise<void>;
}

/** The state of one server process. Nothing is read or written before it is used. */
export function openState(options: StateOptions): OpenState {
  const operations = createOperations({ ...options, folder: join(options.folder, 'operations') });
  const store = jsonStore(join(options.folder, 'store'));
  const exclusives = new Map<string, Exclusive>();
  return {
    cached: createCache(options.clock, options.cacheTtlMs),
    store,
    sealed: sealedStore(store, options.sealingKey),
    operations,
    exclusive(name, work) {
      const folder = join(options.folder, 'locks', name.replaceAll(/[^a-z0-9-]/g, '-'));
      const exclusive = exclusives.get(name) ?? createExclusive(folder, () => options.clock.now());
      exclusives.set(name, exclusive);
      return exclusive(work);
    },
    evidence: options.evidence,
    close: () => operations.close(),
  };
}
