import type { Clock } from '../../define/call.ts';

const windowMs = 60_000;
const most = 10;
const mostAddresses = 10_000;

/** How often each address was turned away of late: bounds what a stranger can make this server write and compute. */
export interface Failures {
  count(address: string): {
    /** More than ten within a minute. */
    readonly tooMany: boolean;
    /** How many of the minute before went unrecorded; told with the next that is recorded. */
    readonly unrecorded: number;
    readonly retryAfterSeconds: number;
  };
}

export function createFailures(clock: Clock): Failures {
  const known = new Map<string, { count: number; began: number }>();
  return {
    count(address) {
      const now = clock.now();
      const before = known.get(address);
      const current = before !== undefined && now - before.began < windowMs;
      const entry = current ? before : { count: 0, began: now };
      entry.count += 1;
      known.delete(address);
      known.set(address, entry);
      if (known.size > mostAddresses) known.delete(known.keys().next().value!);
      return {
        tooMany: entry.count > most,
        unrecorded: current || before === undefined ? 0 : Math.max(0, before.count - most),
        retryAfterSeconds: Math.max(1, Math.ceil((entry.began + windowMs - now) / 1000)),
      };
    },
  };
}
