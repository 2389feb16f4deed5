import type { Closable } from '../../define/server.ts';

/** How a port misbehaves: `fail` rejects, `hang` answers nothing but an abort, `half` answers the first time and rejects after. */
export type Fault = 'fail' | 'hang' | 'half';

export interface BrokenPort {
  readonly port: Closable;
  /** Resolves when a method has been called. */
  readonly called: Promise<void>;
  /** Signals that were handed down to the driver. */
  readonly signals: readonly AbortSignal[];
}

/** Wraps any port so that its methods, nested objects' methods too, misbehave. */
export function breakPort(port: Closable, fault: Fault, message: string): BrokenPort {
  const signals: AbortSignal[] = [];
  let tell = (): void => undefined;
  const called = new Promise<void>((resolve) => (tell = resolve));
  let calls = 0;
  const misbehave = (real: () => unknown, args: readonly unknown[]): unknown => {
    const given = signalsIn(args);
    signals.push(...given);
    calls += 1;
    tell();
    if (fault === 'hang') return untilAborted(given);
    if (fault === 'half' && calls === 1) return real();
    return Promise.reject(new Error(message));
  };
  return { port: wrap(port, misbehave), called, signals };
}

function wrap<Value extends object>(
  value: Value,
  misbehave: (real: () => unknown, args: readonly unknown[]) => unknown,
): Value {
  return new Proxy(value, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member === 'function' && key !== 'close') {
        return (...args: readonly unknown[]) => misbehave(() => Reflect.apply(member, target, args) as unknown, args);
      }
      return typeof member === 'object' && member !== null && !ArrayBuffer.isView(member)
        ? wrap(member, misbehave)
        : member;
    },
  });
}

function untilAborted(signals: readonly AbortSignal[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of signals) signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
}

function signalsIn(args: readonly unknown[]): readonly AbortSignal[] {
  return args
    .flatMap((argument) =>
      typeof argument === 'object' && argument !== null ? [argument, ...Object.values(argument)] : [],
    )
    .filter((value): value is AbortSignal => value instanceof AbortSignal);
}
