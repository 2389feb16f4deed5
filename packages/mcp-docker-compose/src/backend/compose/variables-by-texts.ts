import { chosenVariables } from './environment.ts';
import { passedThrough, unsetNames } from './variable-names.ts';

export interface Resolution {
  /** Of `config --format json`. */
  readonly output: string;
  readonly errors: string;
}

/**
 * Values of the variables that a project uses, where Compose cannot list them: it reads no files without values when a
 * variable stands in `extends.file`, `include` or `ulimits`. So names come of the texts, and then of what the resolved
 * project still lacks, until it lacks nothing that there is.
 *
 * @param resolve runs `config` with so many variables; throws where the files are not valid
 */
export async function variablesByTexts(
  texts: readonly string[],
  resolve: (variables: Readonly<Record<string, string>>) => Promise<Resolution>,
  all: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const names = new Set(texts.flatMap(namesInText));
  for (;;) {
    const variables = chosenVariables(names, all);
    const { output, errors } = await resolve(variables);
    const lacking = [...passedThrough(JSON.parse(output)).names, ...unsetNames(errors)];
    const more = lacking.filter((name) => !names.has(name) && all[name] !== undefined);
    if (more.length === 0) return variables;
    for (const name of more) names.add(name);
  }
}

/** `$NAME`, `${NAME…}`, and names alone in a list or a map, whatever they are for: those that are not set do no harm. */
function namesInText(text: string): readonly string[] {
  const used = [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)];
  const alone = [...text.matchAll(/^[ \t]*(?:-[ \t]*)?["']?([A-Za-z_]\w*)["']?[ \t]*:?[ \t]*\r?$/gm)];
  return [...used, ...alone].flatMap((match) => match[1] ?? []);
}
