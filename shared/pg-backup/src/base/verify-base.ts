import { clientEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import type { Damage } from '../point/manifest.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

/** Every file of a plain base backup against the server's own manifest, and that its WAL can be read without a gap. */
export async function verifyBase(folder: string, tools: Tools, signal: AbortSignal): Promise<Damage[]> {
  const end = await run({
    program: needTool(tools, 'pg_verifybackup').path,
    argv: ['--', folder],
    env: clientEnvironment(),
    signal,
  });
  signal.throwIfAborted();
  if (end.outcome === 'ok') return [];
  const complaints = end.lines.filter((line) => line.includes('error:'));
  const told = complaints.length > 0 ? complaints : [end.why];
  return told.map((line) => {
    const why = line.replace(/^pg_verifybackup: error: /, '');
    const file = /"([^"]+)"/.exec(why)?.[1];
    return { kind: 'structure', file: file === undefined ? 'base' : `base/${file}`, why };
  });
}
