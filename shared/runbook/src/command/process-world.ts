import type { World } from './world.ts';

/** The real process. */
export function processWorld(): World {
  // Whoever reads the report may stop reading, as `head` does: `write` tells, and nothing else is to be done about it.
  process.stdout.on('error', () => undefined);
  const hasTerminal = process.stdin.isTTY && process.stderr.isTTY;
  return {
    env: process.env,
    out: write,
    err: (text) => void process.stderr.write(text),
    onSignal(heard) {
      process.on('SIGINT', heard).on('SIGTERM', heard);
      return () => void process.off('SIGINT', heard).off('SIGTERM', heard);
    },
    ask: hasTerminal ? ask : undefined,
    exit: (code) => process.exit(code),
  };
}

/** Waits until the text is out: a pipe takes a long report in parts. */
async function write(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && !('code' in error && error.code === 'EPIPE')) reject(error);
      else resolve();
    });
  });
}

async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => terminal.once('close', () => resolve(undefined)));
  // A terminal in readline's hands gives Ctrl-C to readline.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await Promise.race([terminal.question(question, { signal }), closed]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    terminal.close();
  }
}
