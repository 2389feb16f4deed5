import { asText, isList, type Json } from '../json.ts';
import { meant } from '../nearest.ts';
import { Problem } from '../problem.ts';
import type { InputFile } from './schema.ts';
import type { Runbook } from './types.ts';

/**
 * The values of the declared inputs: given ones by their type, else defaults.
 *
 * @param given text by name, as `--input name=value` gives it
 * @throws Problem for an unknown name, a value of the wrong type or not allowed, and a missing one
 */
export function resolveInputs(runbook: Runbook, given: ReadonlyMap<string, string>): ReadonlyMap<string, Json> {
  const declared = [...runbook.inputs.keys()];
  for (const name of given.keys()) {
    if (runbook.inputs.has(name)) continue;
    const existing = declared.length === 0 ? 'it has none' : `it has: ${declared.join(', ')}`;
    throw new Problem(`the runbook has no input "${name}"${meant(name, declared)}`, `Its inputs: ${existing}.`);
  }
  return new Map(
    [...runbook.inputs].map(([name, input]) => {
      const text = given.get(name);
      const value = text === undefined ? input.default : parseInput(name, input, text);
      if (value === undefined) {
        throw new Problem(`the input "${name}" has no value and no default`, `Give it: --input ${name}=VALUE`);
      }
      return [name, allowedOnly(name, input, value)] as const;
    }),
  );
}

function parseInput(name: string, input: InputFile, text: string): Json {
  if (input.type === 'string') return text;
  if (input.type === 'list') return text === '' ? [] : text.split(',').map((item) => item.trim());
  if (input.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const number = Number(text);
  if (input.type === 'number' && text.trim() !== '' && Number.isFinite(number)) return number;
  const wanted = input.type === 'boolean' ? 'true or false' : 'a number';
  throw new Problem(`the input "${name}" is ${wanted}`, `Give it: --input ${name}=VALUE`);
}

function allowedOnly(name: string, { allowed }: InputFile, value: Json): Json {
  if (!allowed) return value;
  const refused = (isList(value) ? value : [value]).find((item) => !allowed.includes(item));
  if (refused === undefined) return value;
  const choices = allowed.map(asText).join(', ');
  throw new Problem(`the input "${name}" may not be ${JSON.stringify(refused)}`, `Allowed: ${choices}.`);
}
