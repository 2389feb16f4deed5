import type { Clock } from '../define/call.ts';
import type { Cached, State } from './state.ts';

interface Entry {
  readonly value: unknown;
  /** When its load began: the value is at least as fresh as that. */
  readonly at: number;
}

const capacity = 200;

/**
 * An LRU cache of 200 values that lives as long as the process.
 *
 * @param overrideMs `--cache-ttl`: replaces every `ttlMs`; 0 = always load
 */
export function createCache(clock: Clock, overrideMs: number | undefined): State['cached'] {
  const entries = new Map<string, Entry>();
  const loading = new Map<string, Promise<Entry>>();

  async function loadNow(key: string, load: () => Promise<unknown>): Promise<Entry> {
    const at = clock.now();
    const entry = { value: await load(), at };
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= capacity) break;
      entries.delete(oldest);
    }
    return entry;
  }

  async function coalesced(key: string, load: () => Promise<unknown>): Promise<Entry> {
    const running = loading.get(key);
    // The first caller may have been cancelled: its failure is not the others'.
    if (running) return running.catch(() => coalesced(key, load));
    const started = loadNow(key, load);
    loading.set(key, started);
    try {
      return await started;
    } finally {
      loading.delete(key);
    }
  }

  return async <Value>(key: string, ttlMs: number, load: () => Promise<Value>): Promise<Cached<Value>> => {
    const lifetime = overrideMs ?? ttlMs;
    if (lifetime <= 0) return { value: await load(), ageMs: 0 };
    const found = entries.get(key);
    const ageMs = found ? clock.now() - found.at : Number.NaN;
    if (found && ageMs >= 0 && ageMs < lifetime) {
      entries.delete(key);
      entries.set(key, found);
      return { value: found.value as Value, ageMs };
    }
    return { value: (await coalesced(key, load)).value as Value, ageMs: 0 };
  };
}
