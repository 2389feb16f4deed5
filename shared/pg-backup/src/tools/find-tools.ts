import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../process/run.ts';
import { clientEnvironment } from '../process/environment.ts';

const clientTools = ['pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup', 'pg_verifybackup', 'pg_amcheck'] as const;
const serverTools = ['initdb', 'postgres', 'pg_controldata'] as const;

export type ToolName = (typeof clientTools)[number] | (typeof serverTools)[number] | 'pgbackrest';

export interface Tool {
  readonly path: string;
  /** For example `15.18`. */
  readonly version: string;
  readonly major: number;
}

export interface MissingTool {
  readonly why: string;
  /** Debian's package that brings it. */
  readonly install: string;
}

/** Programs on this machine for a server of `major`: what is there, and what to install for the rest. */
export interface Tools {
  readonly major: number;
  readonly found: Readonly<Partial<Record<ToolName, Tool>>>;
  readonly missing: Readonly<Partial<Record<ToolName, MissingTool>>>;
}

export interface FindToolsOptions {
  /** The only folder to look in for PostgreSQL's programs. */
  readonly bin?: string | undefined;
  /** As in the environment's PATH; empty by default. */
  readonly path?: string;
  readonly signal?: AbortSignal;
}

const newestKnownMajor = 20;

/**
 * Finds the programs for a server of `major`. Clients may be newer than the server, never older; the programs of a scratch
 * server are of the very same major. The nearest version wins: the given folder, else Debian's and Red Hat's folders, else PATH.
 */
export async function findTools(major: number, options: FindToolsOptions = {}): Promise<Tools> {
  const onPath = (options.path ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = options.bin === undefined ? [...packaged(major), ...onPath] : [options.bin];
  const signal = options.signal ?? new AbortController().signal;
  const found: Partial<Record<ToolName, Tool>> = {};
  const missing: Partial<Record<ToolName, MissingTool>> = {};
  const search = async (name: ToolName, where: readonly string[], fits: (tool: Tool) => boolean): Promise<void> => {
    const seen: string[] = [];
    for (const path of where.map((folder) => join(folder, name)).filter((path) => existsSync(path))) {
      const tool = await versionOf(path, signal);
      if (tool !== undefined && fits(tool)) return void (found[name] = tool);
      seen.push(tool === undefined ? `${path} does not run` : `${path} is ${tool.version}`);
    }
    missing[name] = { why: seen.length > 0 ? seen.join(', ') : `no ${name} found`, install: packageOf(name, major) };
  };
  await Promise.all([
    ...clientTools.map((name) => search(name, folders, (tool) => tool.major >= major)),
    ...serverTools.map((name) => search(name, folders, (tool) => tool.major === major)),
    search('pgbackrest', [...onPath, ...(options.bin === undefined ? [] : [options.bin])], () => true),
  ]);
  return { major, found, missing };
}

/** @throws MissingToolError naming what to install */
export function needTool(tools: Tools, name: ToolName): Tool {
  const tool = tools.found[name];
  if (tool === undefined) throw new MissingToolError(name, tools);
  return tool;
}

export class MissingToolError extends Error {
  readonly install: string;
  constructor(name: ToolName, tools: Tools) {
    const { why, install } = tools.missing[name] ?? { why: `no ${name} found`, install: packageOf(name, tools.major) };
    super(`${name} for PostgreSQL ${tools.major} is missing (${why}); install the package ${install}`);
    this.name = 'MissingToolError';
    this.install = install;
  }
}

function packaged(major: number): string[] {
  const majors = Array.from({ length: Math.max(newestKnownMajor - major, 0) + 1 }, (_, index) => major + index);
  return majors.flatMap((one) => [`/usr/lib/postgresql/${one}/bin`, `/usr/pgsql-${one}/bin`]);
}

async function versionOf(path: string, signal: AbortSignal): Promise<Tool | undefined> {
  const argv = path.endsWith('pgbackrest') ? ['version'] : ['--version'];
  const { outcome, output } = await run({ program: path, argv, env: clientEnvironment(), keepOutput: true, signal });
  const version = /(?:\(PostgreSQL\)|pgBackRest) (\d+[^\s]*)/.exec(output)?.[1];
  return outcome === 'ok' && version !== undefined ? { path, version, major: Number.parseInt(version, 10) } : undefined;
}

function packageOf(name: ToolName, major: number): string {
  if (name === 'pgbackrest') return 'pgbackrest';
  return (serverTools as readonly string[]).includes(name) ? `postgresql-${major}` : `postgresql-client-${major}`;
}
