import type { Location, SourceFile } from '../../model/source-file.ts';
import type { LintRule } from './rule.ts';

export const unsetVariable: LintRule = {
  id: 'UNSET_VARIABLE',
  check: ({ model, sources }) =>
    model.unsetVariables.map((name) => {
      const at = lineOfVariable(sources, name);
      return {
        severity: 'warning',
        object: name,
        evidence: `used${at === undefined ? ' by a file of variables (env_file)' : ''} and set nowhere: empty`,
        threshold: 'set, or with a default',
        fix: 'Set it in the environment of this server or in .env, or give it a default; $$ for a dollar sign',
        at,
      };
    }),
};

/** The last file's first line that uses a variable. */
function lineOfVariable(sources: readonly SourceFile[], name: string): Location | undefined {
  const isNext = (text: string, end: number): boolean => !/\w/.test(text[end] ?? '');
  for (const { path, text } of sources.toReversed()) {
    const lines = text.split('\n');
    const index = lines.findIndex((line) =>
      [`\${${name}`, `$${name}`].some((use) => {
        const at = line.indexOf(use);
        return at >= 0 && isNext(line, at + use.length) && line[at - 1] !== '$';
      }),
    );
    if (index >= 0) return { file: path, line: index + 1 };
  }
  return undefined;
}

/** Words of Compose about a file of variables that is not there; `undefined` where they are about something else. */
export function missingEnvFile(words: string): string | undefined {
  return /env file (\S+) not found/.exec(words)?.[1];
}
