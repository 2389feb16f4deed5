import type * as z from 'zod';
import { ToolError } from '../errors/tool-error.ts';
import { convertTexts, kindOf } from '../settings/convert.ts';
import { readSmallFile, settingPath } from '../settings/files.ts';
import { shownName } from '../settings/flags.ts';
import type { World } from './world.ts';

/**
 * Arguments of `call` from `--args JSON|@FILE|-` and `key=value` words, which win. Checking them is the pipeline's part.
 *
 * @param input of the tool, which says how the text of a word is read; undefined for an unknown tool
 * @throws ToolError `invalid_input`, never quoting a value; also for one-time passwords, which may not stand in argv
 */
export async function readArguments(
  words: readonly string[],
  given: string | undefined,
  input: z.ZodObject | undefined,
  world: Pick<World, 'cwd' | 'env' | 'readInput'>,
): Promise<Readonly<Record<string, unknown>>> {
  const base = given === undefined ? {} : await readObject(given, world);
  const byKey = new Map<string, string[]>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 1) throw new ToolError('invalid_input', 'every word after the tool is key=value', { hint: usage });
    const key = word.slice(0, equals);
    byKey.set(key, [...(byKey.get(key) ?? []), word.slice(equals + 1)]);
  }
  const inArgv = byKey.has('approval') || (given !== undefined && !fromElsewhere(given) && 'approval' in base);
  if (inArgv) {
    throw new ToolError(
      'invalid_input',
      'a one-time password may not stand on the command line, where others read it',
      {
        hint: 'Leave approval out: it is asked for on the terminal, or given with the approve command.',
      },
    );
  }
  const shape = input?.shape ?? {};
  const read = [...byKey].map(([key, texts]) => [key, valueOf(key, texts, shape)] as const);
  return { ...base, ...Object.fromEntries(read) };
}

const usage = 'For example: limit=5, or --args \'{"limit": 5}\', --args @file.json, --args - for standard input.';

function valueOf(key: string, texts: readonly string[], shape: Readonly<Record<string, z.core.$ZodType>>): unknown {
  const schema = Object.hasOwn(shape, key) ? shape[key] : undefined;
  if (texts.length > 1 && (schema === undefined || kindOf(schema) !== 'list')) throw twice(key);
  return schema === undefined ? texts[0] : convertTexts(schema, texts);
}

function twice(key: string): ToolError {
  return new ToolError('invalid_input', `${shownName(key)} is given more than once and takes one value`);
}

function fromElsewhere(given: string): boolean {
  return given === '-' || given.startsWith('@');
}

async function readObject(
  given: string,
  world: Pick<World, 'cwd' | 'env' | 'readInput'>,
): Promise<Readonly<Record<string, unknown>>> {
  const value = parseJson(await textOf(given, world));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ToolError('invalid_input', '--args is not a JSON object', { hint: usage });
}

async function textOf(given: string, world: Pick<World, 'cwd' | 'env' | 'readInput'>): Promise<string> {
  if (given === '-') return world.readInput();
  if (!given.startsWith('@')) return given;
  const file = await readSmallFile(settingPath(given.slice(1), world.cwd, world.env));
  if (file.ok) return file.text;
  throw new ToolError('invalid_input', `the file of --args cannot be read: ${file.why}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    return undefined;
  }
}
