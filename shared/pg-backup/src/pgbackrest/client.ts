import { readFile } from 'node:fs/promises';
import { clientEnvironment } from '../process/environment.ts';
import type { Identity } from '../process/identity.ts';
import { run, type RunEnd } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

/** One stanza of pgBackRest, whose own configuration says where its repository is. */
export interface Pgbackrest {
  readonly stanza: string;
  /** Whether restoring needs a network: its repository is on another host, or its configuration cannot be read. */
  readonly remote: boolean;
  /** Runs one command as the account that owns the repository. Standard output is kept. */
  run(command: string, argv: readonly string[], signal: AbortSignal, onLine?: (line: string) => void): Promise<RunEnd>;
}

const usualFiles = ['/etc/pgbackrest/pgbackrest.conf', '/etc/pgbackrest.conf'];
const elsewhere = /^\s*repo\d+-(?:host|storage-host)\s*=|^\s*repo\d+-type\s*=\s*(?:s3|gcs|azure|sftp)/m;

/**
 * @param options.environment ours: words that begin with PGBACKREST_ go on to it
 * @throws MissingToolError
 */
export async function openPgbackrest(options: {
  readonly tools: Tools;
  readonly stanza: string;
  readonly identity: Identity | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<Pgbackrest> {
  const { tools, stanza, identity, environment } = options;
  const program = needTool(tools, 'pgbackrest').path;
  const own = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[0].startsWith('PGBACKREST_') && entry[1] !== undefined,
  );
  const file = environment.PGBACKREST_CONFIG;
  // given as an option, since only options go on to the command that fetches WAL
  const config = file === undefined ? [] : [`--config=${file}`];
  const text = await firstOf(file === undefined ? usualFiles : [file]);
  const told = own.map(
    ([name, value]) => `${name.slice('PGBACKREST_'.length).toLowerCase().replaceAll('_', '-')}=${value}`,
  );
  return {
    stanza,
    remote: text === undefined || elsewhere.test(`${text}\n${told.join('\n')}`),
    run: (command, argv, signal, onLine) =>
      run({
        program,
        argv: [command, `--stanza=${stanza}`, ...config, ...argv],
        env: { ...clientEnvironment(), ...Object.fromEntries(own) },
        identity,
        keepOutput: true,
        onLine,
        signal,
      }),
  };
}

async function firstOf(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return undefined;
}
