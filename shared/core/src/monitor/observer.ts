import type { EventType } from '../audit/types.ts';
import type { Outcome } from '../call/request.ts';
import type { Risk } from '../define/tool.ts';
import type { ErrorCode } from '../errors/catalogue.ts';

/** A call that has ended, in words that hold nothing of its input or output. */
export interface EndedCall {
  /** Undefined for a name that no tool has: names come from outside. */
  readonly tool: string | undefined;
  readonly risk: Risk | undefined;
  readonly outcome: Outcome;
  readonly code: ErrorCode | undefined;
  readonly ms: number;
  readonly redactions: number;
  /** How an applied change was confirmed. */
  readonly confirmed: 'code' | 'form' | 'never' | 'unconfirmed' | undefined;
}

export interface EndedJob {
  readonly job: string;
  readonly outcome: Outcome | 'skipped' | 'missed';
  readonly seconds: number;
}

/** A fault of the server itself, never of a backend or a caller. */
export interface Fault {
  readonly where: 'call' | 'audit' | 'process' | 'operation' | 'job';
  readonly error: unknown;
  /** Of the call, as its answer and the log on stderr name it. */
  readonly id?: string | undefined;
}

/** Hears what a server does. Nothing it throws reaches the server. */
export interface Observer {
  callEnded?(call: EndedCall): void;
  /** A record that belongs to no call was written. */
  noted?(type: EventType, denied: boolean): void;
  jobEnded?(job: EndedJob): void;
  fault?(fault: Fault): void;
  /** Resolves when what was heard is told on, after 2 s at the latest. */
  flush?(): Promise<void>;
}

/** Several observers as one that never throws. */
export function observeAll(observers: readonly Observer[]): Required<Observer> {
  const tell = (how: (observer: Observer) => void): void => {
    for (const observer of observers) {
      try {
        how(observer);
      } catch {
        // Whoever only watches must not change what happens, and a broken watcher has nobody to tell.
      }
    }
  };
  return {
    callEnded: (call) => tell((observer) => observer.callEnded?.(call)),
    noted: (type, denied) => tell((observer) => observer.noted?.(type, denied)),
    jobEnded: (job) => tell((observer) => observer.jobEnded?.(job)),
    fault: (fault) => tell((observer) => observer.fault?.(fault)),
    async flush() {
      await Promise.allSettled(observers.map(async (observer) => observer.flush?.()));
    },
  };
}
