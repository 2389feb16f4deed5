import type { Clock } from '../define/call.ts';
import type { LogLevel } from './host.ts';
import type { Parts } from './parts.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export interface Log {
  write(level: LogLevel, text: string): void;
  /** Resolves when every line so far is out. */
  flush(): Promise<void>;
}

/** Log lines to stderr: one line each, redacted, in order, from `level` upwards. Lines wait until the redactor is loaded. */
export function createLog(options: {
  readonly name: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly parts: () => Promise<Pick<Parts, 'redactor'>>;
  readonly write: (line: string) => void;
}): Log {
  const lowest = levels.indexOf(options.level);
  let last = Promise.resolve();
  const redacted = async (text: string): Promise<string> => {
    try {
      const { redactor } = await options.parts();
      return redactor.line(text).replaceAll(/\s*\n\s*/g, ' ⏎ ');
    } catch {
      // Nothing may be shown that was not redacted, and there is nowhere else to complain.
      return 'a log line is withheld: it could not be redacted';
    }
  };
  return {
    write(level, text) {
      if (levels.indexOf(level) < lowest) return;
      const lead = `${new Date(options.clock.now()).toISOString()} ${options.name} ${level}`;
      last = Promise.all([redacted(text), last]).then(([line]) => options.write(`${lead} ${line}\n`));
    },
    flush: () => last,
  };
}
