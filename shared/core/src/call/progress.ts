import type { Clock, Progress } from '../define/call.ts';

const intervalMs = 1000;

/**
 * Progress as the protocol wants it: rising, at most once a second, nothing after `end`.
 *
 * @param send undefined when the client gave no token: then nothing is sent
 * @param clean redaction and firewall for the text
 */
export function createProgress(options: {
  readonly clock: Clock;
  readonly send: ((done: number, total: number | undefined, text: string) => void) | undefined;
  readonly clean: (text: string) => string;
}): { readonly report: Progress; end(): void } {
  let ended = options.send === undefined;
  let last = Number.NEGATIVE_INFINITY;
  let next = Number.NEGATIVE_INFINITY;
  return {
    report(done, total, text) {
      const now = options.clock.now();
      if (ended || now < next || !(done > last)) return;
      last = done;
      next = now + intervalMs;
      options.send?.(done, total, options.clean(text).slice(0, 300));
    },
    end() {
      ended = true;
    },
  };
}
