import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnvironment } from '../process/environment.ts';
import { run, type Outcome } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

/** What the table of contents of a dump tells. */
export interface DumpContents {
  readonly outcome: Outcome;
  readonly why: string;
  readonly entries: number;
  /** Entries with rows in a file of their own. */
  readonly tablesWithData: number;
}

/** Lists a dump in directory format by `pg_restore -l`, which reads `toc.dat` only. */
export async function readContents(options: {
  readonly tools: Tools;
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<DumpContents> {
  const { tools, folder, signal } = options;
  const nothing = { entries: 0, tablesWithData: 0 };
  if (!existsSync(join(folder, 'toc.dat'))) return { outcome: 'failed', why: 'there is no toc.dat', ...nothing };
  const end = await run({
    program: needTool(tools, 'pg_restore').path,
    argv: ['--list', '--', folder],
    env: clientEnvironment(),
    keepOutput: true,
    signal,
  });
  if (end.outcome !== 'ok') return { outcome: end.outcome, why: end.why, ...nothing };
  // It ends with 0 after some damage, so the head must be there and nothing be said beside the list.
  const entries = end.output.split('\n').filter((line) => /^\d+; /.test(line));
  const complaint = end.lines.find((line) => /error|warning/i.test(line));
  const tablesWithData = entries.filter((line) => /^\d+; \d+ \d+ TABLE DATA /.test(line)).length;
  if (!/^;\s+TOC Entries: \d+/m.test(end.output)) return { outcome: 'failed', why: 'the list has no head', ...nothing };
  if (complaint !== undefined) return { outcome: 'failed', why: complaint, entries: entries.length, tablesWithData };
  return { outcome: 'ok', why: '', entries: entries.length, tablesWithData };
}
