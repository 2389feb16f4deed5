import type { ReadStream } from 'node:tty';
import { ToolError } from '../errors/tool-error.ts';

/** What `askHidden` needs of a terminal. */
export type Terminal = Pick<ReadStream, 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>;

/**
 * Asks on the terminal and reads one line without showing it: Enter ends, Backspace corrects.
 *
 * @param signal ends the question, as the command is to end
 * @throws ToolError `cancelled` when the person presses Ctrl-C or Ctrl-D, or the terminal ends
 */
export function askHidden(
  question: string,
  terminal: Terminal = process.stdin,
  write: (text: string) => void = (text) => void process.stderr.write(text),
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  write(question);
  terminal.setRawMode(true);
  terminal.resume();
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (): void => {
      terminal.off('data', take);
      terminal.off('end', cancel);
      signal.removeEventListener('abort', cancel);
      terminal.setRawMode(false);
      terminal.pause();
      write('\n');
    };
    const cancel = (): void => {
      finish();
      reject(new ToolError('cancelled', 'nothing was typed'));
    };
    const take = (chunk: Buffer | string): void => {
      for (const key of chunk.toString()) {
        if (key === '\u0003' || key === '\u0004') return cancel();
        if (key === '\r' || key === '\n') {
          finish();
          return resolve(typed);
        }
        if (key === '\u007F' || key === '\b') typed = typed.slice(0, -1);
        else if (key >= ' ' && typed.length < 100) typed += key;
      }
    };
    terminal.on('data', take);
    terminal.on('end', cancel);
    signal.addEventListener('abort', cancel);
  });
}
