import type { Clock } from '@cinecom/mcp-core';

const mostKept = 200;

/** Answers kept for a short time; the oldest go first. */
export interface Keep {
  /** @param isWorth whether a result is kept; all are by default */
  keep<Result>(
    key: string,
    ttlMs: number,
    load: () => Promise<Result>,
    isWorth?: (result: Result) => boolean,
  ): Promise<Result>;
}

/** Failures are never kept. */
export function createKeep(clock: Clock): Keep {
  const kept = new Map<string, { readonly value: unknown; readonly until: number }>();
  return {
    async keep<Result>(
      key: string,
      ttlMs: number,
      load: () => Promise<Result>,
      isWorth: (result: Result) => boolean = () => true,
    ) {
      const found = kept.get(key);
      if (found !== undefined && found.until > clock.now()) return found.value as Result;
      const value = await load();
      if (!isWorth(value)) return value;
      kept.delete(key);
      kept.set(key, { value, until: clock.now() + ttlMs });
      const oldest = kept.keys().next();
      if (kept.size > mostKept && !oldest.done) kept.delete(oldest.value);
      return value;
    },
  };
}
