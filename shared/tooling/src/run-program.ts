import { spawn } from 'node:child_process';

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Then it is killed, with all that it started. */
  readonly longestMs?: number;
}

/**
 * Runs a program to its end, in a process group of its own and with nothing to read.
 *
 * @throws Error when it cannot be started, or does not end by itself in time
 */
export function runProgram(
  command: string,
  argv: readonly string[],
  { longestMs = 120_000, ...options }: ProgramOptions = {},
): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, longestMs);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode !== null) resolve({ exitCode, stdout, stderr });
      else reject(new Error(`${[command, ...argv].join(' ')} ended by ${signal}:\n${stdout}${stderr}`));
    });
  });
}

/**
 * The same for a program that has to succeed.
 *
 * @returns what it wrote to stdout
 * @throws Error with all that it wrote when it does not exit with 0
 */
export async function runToSuccess(
  command: string,
  argv: readonly string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, argv, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${[command, ...argv].join(' ')} exited with ${exitCode}:\n${stdout}${stderr}`);
}
