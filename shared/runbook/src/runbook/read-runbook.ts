import { readSmall } from '../files/read-small.ts';
import { parseYaml } from '../files/yaml.ts';
import { Problem } from '../problem.ts';
import { compile } from './compile.ts';
import { explainIssue, fieldOf } from './explain-issue.ts';
import { runbookSchema } from './schema.ts';
import type { Runbook } from './types.ts';

/** What a YAML parser makes of 64 KiB takes under a second, whatever stands in them. */
const longestBytes = 64 * 1024;
const fix = 'Put it right, then run "cinecom-runbook check FILE".';

/** @throws Problem naming line, field and allowed values */
export async function readRunbook(path: string): Promise<Runbook> {
  return parseRunbook(await readSmall(path, 'the runbook', longestBytes, 'Give the path of a runbook file.'), path);
}

/**
 * A runbook from the text of its file.
 *
 * @param name of the file, for messages
 * @throws Problem naming line, field and allowed values
 */
export async function parseRunbook(text: string, name: string): Promise<Runbook> {
  const file = await parseYaml(text, `the runbook ${name}`);
  const parsed = runbookSchema.safeParse(file.value, { reportInput: true });
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${name}:${file.lineOf(issue.path)}: ${explainIssue(issue)}`);
    throw new Problem(lines.slice(0, 10).join('\n'), fix);
  }
  return compile(parsed.data, (path, why) => {
    const field = path.length === 0 ? '' : `"${fieldOf(path)}": `;
    return new Problem(`${name}:${file.lineOf(path)}: ${field}${why}`, fix);
  });
}
