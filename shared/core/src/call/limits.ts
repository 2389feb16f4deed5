import { ToolError } from '../errors/tool-error.ts';
import type { Clock } from '../define/call.ts';
import type { Risk } from '../define/tool.ts';

/** Calls a second, and how many may come at once, a caller and tool. */
const rates: Readonly<Record<Risk, { readonly perSecond: number; readonly burst: number }>> = {
  read: { perSecond: 10, burst: 20 },
  write: { perSecond: 12 / 60, burst: 4 },
  destructive: { perSecond: 6 / 60, burst: 2 },
};

const slotWaitMs = 5000;
/** Buckets kept; the one unused for longest goes first. */
const mostBuckets = 10_000;

export interface Limits {
  /** Takes a token of the caller's bucket for that tool and risk. @throws ToolError `rate_limited` */
  take(tool: string, risk: Risk, caller: string): Token;
  /** Takes one of the call slots, waiting at most 5 s. @throws ToolError `busy`, or what `signal` was aborted with */
  slot(signal: AbortSignal): Promise<Release>;
  /** Holds every target, so that applies on one target come one after another; `waited` says that time has passed. */
  targets(keys: readonly string[], signal: AbortSignal): Promise<Release & { readonly waited: boolean }>;
}

/** Given back when the call turned out to change nothing, so that plans and repeated questions cost no change. */
export interface Token {
  giveBack(): void;
}

export interface Release {
  release(): void;
}

/**
 * @param rate multiplier of the rates, 0 = off
 * @param concurrency calls at a time
 */
export function createLimits(options: {
  readonly clock: Clock;
  readonly rate: number;
  readonly concurrency: number;
}): Limits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const slots = createSemaphore(options.concurrency, 'all call slots stayed taken');
  const locks = new Map<string, Semaphore>();
  return {
    take(tool, risk, caller) {
      if (options.rate === 0) return { giveBack: () => undefined };
      const burst = Math.max(1, rates[risk].burst * options.rate);
      const perMs = (rates[risk].perSecond * options.rate) / 1000;
      const now = options.clock.now();
      const key = `${tool} ${risk} ${caller}`;
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > mostBuckets) buckets.delete(buckets.keys().next().value!);
      bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
      bucket.at = now;
      if (bucket.tokens < 1) {
        throw new ToolError('rate_limited', `calls of ${tool} come faster than its limit`, {
          hint: 'Wait, or ask for more in one call. --rate raises the limit.',
          retryAfterMs: Math.ceil((1 - bucket.tokens) / perMs),
        });
      }
      bucket.tokens -= 1;
      return {
        giveBack() {
          bucket.tokens = Math.min(burst, bucket.tokens + 1);
        },
      };
    },
    slot: (signal) => slots.take(signal),
    async targets(keys, signal) {
      const held: Release[] = [];
      let waited = false;
      const release = () => held.splice(0).forEach((one) => one.release());
      try {
        // Always in one order, so that two applies cannot wait for each other.
        for (const key of [...new Set(keys)].toSorted()) {
          const lock = locks.get(key) ?? createSemaphore(1, 'another change of the same target is still running');
          locks.set(key, lock);
          waited ||= lock.full();
          const one = await lock.take(signal);
          held.push({
            release() {
              one.release();
              if (lock.idle()) locks.delete(key);
            },
          });
        }
      } catch (error) {
        release();
        throw error;
      }
      return { release, waited };
    },
  };
}

interface Semaphore {
  take(signal: AbortSignal): Promise<Release>;
  full(): boolean;
  idle(): boolean;
}

function createSemaphore(size: number, busyText: string): Semaphore {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const release = () => {
    const next = waiting.shift();
    if (next) next();
    else taken -= 1;
  };
  const once = (): Release => {
    let done = false;
    return {
      release() {
        if (!done) release();
        done = true;
      },
    };
  };
  return {
    full: () => taken >= size,
    idle: () => taken === 0,
    take(signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      if (taken < size) {
        taken += 1;
        return Promise.resolve(once());
      }
      return new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancelled);
          act();
        };
        const grant = () => settle(() => resolve(once()));
        const leave = (reason: unknown) => {
          waiting.splice(waiting.indexOf(grant), 1);
          settle(() => reject(reason));
        };
        const cancelled = () => leave(signal.reason);
        const timer = setTimeout(() => leave(new ToolError('busy', busyText, { retryAfterMs: 1000 })), slotWaitMs);
        signal.addEventListener('abort', cancelled, { once: true });
        waiting.push(grant);
      });
    },
  };
}
