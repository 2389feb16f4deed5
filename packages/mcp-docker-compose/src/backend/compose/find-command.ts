import { ToolError } from '@cinecom/mcp-core';
import { type ProgramEnd, runProgram } from './run-program.ts';

/** How Compose is called on this machine. */
export interface ComposeCommand {
  readonly program: string;
  /** Before every argument: `compose` where it is a plugin of docker. */
  readonly prefix: readonly string[];
  readonly version: string;
}

const ways = [
  { program: 'docker', prefix: ['compose'] },
  { program: 'docker-compose', prefix: [] },
] as const;
const answerMs = 20_000;

/**
 * The plugin of docker, else the program docker-compose of version 2 or later.
 * @throws ToolError `not_configured` where there is none, `backend_unsupported` where there is only version 1
 */
export async function findCommand(
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ComposeCommand> {
  let old: string | undefined;
  for (const { program, prefix } of ways) {
    const end = await tried({ program, argv: [...prefix, 'version', '--short'], environment, signal });
    const version = /^v?(\d+\.\d+[^\s]*)\s*$/.exec(end?.output ?? '')?.[1];
    if (end?.code !== 0 || version === undefined) continue;
    if (!version.startsWith('1.')) return { program, prefix, version };
    old = version;
  }
  if (old !== undefined) {
    throw new ToolError('backend_unsupported', `docker-compose here is ${old}: version 2 is needed`, {
      hint: 'Install the Compose plugin (docker-compose-plugin), 2.26 or later.',
    });
  }
  throw new ToolError('not_configured', 'there is no Compose command here', {
    hint: 'Install the Compose plugin of docker (docker-compose-plugin), or docker-compose 2.26 or later, on PATH.',
  });
}

async function tried(call: {
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}): Promise<ProgramEnd | undefined> {
  return runProgram({ ...call, folder: '/', timeoutMs: answerMs }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}
