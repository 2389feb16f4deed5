/** Standard output, reserved for the protocol. */
export interface TakenStdout {
  /** Writes protocol text; resolves when it is flushed. */
  write(text: string): Promise<void>;
  /** How often something else tried to write there. */
  strays(): number;
  restore(): void;
}

/** Takes `process.stdout.write` for the transport; `console.*` and any other writer reach stderr instead, counted. */
export function takeStdout(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WritableStream = process.stderr,
): TakenStdout {
  const own = Object.getOwnPropertyDescriptor(stdout, 'write');
  const write = stdout.write.bind(stdout);
  let strays = 0;
  const stray = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    strays += 1;
    return (stderr.write as (...all: unknown[]) => boolean).call(stderr, chunk, ...rest);
  };
  stdout.write = stray;
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        write(text, 'utf8', (error) => (error ? reject(error) : resolve()));
      }),
    strays: () => strays,
    restore() {
      if (own) Object.defineProperty(stdout, 'write', own);
      else Reflect.deleteProperty(stdout, 'write');
    },
  };
}
