import type { Clock } from '@cinecom/mcp-core';

const mostKept = 200;

/** What was read lately, by key; those who ask at once wait for one answer. Failures are never kept. */
export interface Memory {
  remember<Value>(key: string, ttlMs: number, load: () => Promise<Value>): Promise<Value>;
}

export function createMemory(clock: Clock): Memory {
  const kept = new Map<string, { readonly value: Promise<unknown>; readonly until: number }>();
  return {
    async remember<Value>(key: string, ttlMs: number, load: () => Promise<Value>) {
      const found = kept.get(key);
      if (found !== undefined && found.until > clock.now()) return (await found.value) as Value;
      const value = load();
      kept.delete(key);
      kept.set(key, { value, until: clock.now() + ttlMs });
      const oldest = kept.keys().next();
      if (kept.size > mostKept && !oldest.done) kept.delete(oldest.value);
      try {
        return await value;
      } catch (error) {
        if (kept.get(key)?.value === value) kept.delete(key);
        throw error;
      }
    },
  };
}
