import { type Problem, UsageError } from '../problems.ts';
import type { Runbook } from './runbook.ts';
import type { Plain } from './schema.ts';

/**
 * The inputs of a run: what was given as `name=value`, else the defaults. A value is read as its default is: a number, true or
 * false, else text.
 *
 * @throws UsageError for unknown names, values of the wrong kind, and inputs without value or default
 */
export function inputValues(
  runbook: Pick<Runbook, 'inputs' | 'file'>,
  given: readonly string[],
): Readonly<Record<string, Plain>> {
  const problems: Problem[] = [];
  const refuse = (field: string, text: string): void => void problems.push({ where: '--input', field, text });
  const values = new Map<string, Plain>();
  for (const word of given) {
    const equals = word.indexOf('=');
    const name = word.slice(0, Math.max(0, equals));
    const declared = Object.hasOwn(runbook.inputs, name) ? runbook.inputs[name] : undefined;
    if (equals < 1) refuse('', 'name=value is expected');
    else if (declared === undefined) refuse(name, `is no input of ${runbook.file}; there are ${names(runbook)}`);
    else {
      const value = converted(word.slice(equals + 1), declared.default);
      if (value === undefined) refuse(name, `expected ${typeof declared.default}, as its default is`);
      else values.set(name, value);
    }
  }
  for (const [name, { default: value, description }] of Object.entries(runbook.inputs)) {
    if (values.has(name)) continue;
    if (value !== undefined) values.set(name, value);
    else if (problems.length === 0)
      refuse(name, `has no default and must be given${description ? `: ${description}` : ''}`);
  }
  if (problems.length > 0) throw new UsageError(problems, 'Give each input as --input name=value.');
  return Object.fromEntries(values);
}

function converted(text: string, like: Plain | undefined): Plain | undefined {
  if (typeof like === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (typeof like === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text;
}

function names(runbook: Pick<Runbook, 'inputs'>): string {
  return Object.keys(runbook.inputs).join(', ') || 'none';
}
