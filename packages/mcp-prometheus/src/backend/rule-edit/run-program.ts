import { spawn } from 'node:child_process';

const timeLimitMs = 15_000;
const keptOutput = 2000;

export interface ProgramResult {
  /** Undefined where there is no such program. */
  readonly code: number | undefined;
  readonly output: string;
}

/** Runs a program by its argument list, without a shell and without the secrets of this process; `signal` ends it. */
export async function runProgram(
  program: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<ProgramResult> {
  const under = AbortSignal.any([signal, AbortSignal.timeout(timeLimitMs)]);
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: withoutSecrets(process.env),
      signal: under,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const take = (text: string): void => void (output = (output + text).slice(-keptOutput));
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: undefined, output: '' });
      else reject(error);
    });
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Ours are named so; what a program needs to find its way, such as PATH or DBUS_SESSION_BUS_ADDRESS, is not. */
function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSecret = (name: string) => /TOKEN|PASSWORD|SECRET|CREDENTIAL|KEY/i.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isSecret(name)));
}
