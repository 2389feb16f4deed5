import { clientEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

export interface ControlData {
  readonly systemIdentifier: string;
  /** What a server that recovers this folder needs at least, or it stops before it answers. */
  readonly settings: Readonly<Record<string, string>>;
}

const settingOf: Readonly<Record<string, string>> = {
  'max_connections setting': 'max_connections',
  'max_worker_processes setting': 'max_worker_processes',
  'max_wal_senders setting': 'max_wal_senders',
  'max_prepared_xacts setting': 'max_prepared_transactions',
  'max_locks_per_xact setting': 'max_locks_per_transaction',
};

/** @throws Error when the folder is none of a cluster of that major, or its control file is damaged */
export async function readControlData(tools: Tools, data: string, signal: AbortSignal): Promise<ControlData> {
  const end = await run({
    program: needTool(tools, 'pg_controldata').path,
    argv: ['-D', data],
    env: clientEnvironment(),
    keepOutput: true,
    signal,
  });
  const complaint = end.output.split('\n').find((line) => line.startsWith('WARNING')) ?? (end.why || undefined);
  if (complaint !== undefined) throw new Error(`The control file cannot be read: ${complaint}`);
  const facts = new Map(end.output.split('\n').map((line) => halves(line)));
  const entries = Object.entries(settingOf).flatMap(([label, name]) => {
    const value = facts.get(label);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { systemIdentifier: facts.get('Database system identifier') ?? '', settings: Object.fromEntries(entries) };
}

function halves(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1).trim()];
}
