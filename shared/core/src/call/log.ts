import type { Clock } from '../define/call.ts';
import type { LogLevel } from './host.ts';
import type { Parts } from './parts.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Log lines to stderr: one line each, redacted, from `level` upwards. Lines wait until the redactor is loaded. */
export function createLog(options: {
  readonly name: string;
  readonly level: LogLevel;
  readonly clock: Clock;
  readonly parts: () => Promise<Pick<Parts, 'redactor'>>;
  readonly write: (line: string) => void;
}): (level: LogLevel, text: string) => void {
  const lowest = levels.indexOf(options.level);
  return (level, text) => {
    if (levels.indexOf(level) < lowest) return;
    const at = new Date(options.clock.now()).toISOString();
    options.parts().then(
      ({ redactor }) => {
        const line = redactor.line(text).replaceAll(/\s*\n\s*/g, ' ⏎ ');
        options.write(`${at} ${options.name} ${level} ${line}\n`);
      },
      () => options.write(`${at} ${options.name} ${level} a log line is withheld: the redactor could not be loaded\n`),
    );
  };
}
