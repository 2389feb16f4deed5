import * as z from 'zod';
import { plainName } from '../../text/index.ts';
import { eventLevels, policySchema } from './grammar.ts';
import { meant } from './meant.ts';

/** What is wrong at one place of a policy: its path, what is expected there, and what may have been meant. */
export function problemText(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((step) => (typeof step === 'number' ? `${step}` : shown(String(step)))).join('.');
  return `${path === '' ? 'all of it' : path}: ${reasonOf(issue)}`;
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'keys and values',
  record: 'names and values',
  string: 'text',
};

function reasonOf(issue: z.core.$ZodIssue): string {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      return `${isMissing ? 'is missing, ' : ''}expected ${kinds[issue.expected] ?? issue.expected}${keysText(issue.path)}`;
    case 'invalid_value': {
      const allowed = issue.values.map(String);
      return `${isMissing ? 'is missing, ' : ''}expected ${allowed.join(', ')}${meantOf(issue.input, allowed)}`;
    }
    case 'invalid_union':
      return `${issue.message}${meantOf(issue.input, Object.keys(eventLevels))}`;
    case 'unrecognized_keys': {
      const allowed = keysAt(issue.path);
      return `unknown ${issue.keys.map((key) => `${shown(key)}${meant(key, allowed)}`).join(', ')}; allowed: ${allowed.join(', ')}`;
    }
    case 'invalid_key':
      return `${issue.issues[0]?.message ?? 'no valid name'}${meantOf(issue.path.at(-1), namesAt(issue.path))}`;
    case 'too_small':
      return `expected at least ${Number(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected at most ${Number(issue.maximum)}${unitOf(issue.origin)}`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
      return issue.message;
    default:
      return 'not as it has to be';
  }
}

function unitOf(origin: string): string {
  return origin === 'array' ? ' of the list' : origin === 'string' ? ' letters' : '';
}

function meantOf(input: unknown, known: readonly string[]): string {
  return typeof input === 'string' ? meant(input, known) : '';
}

/** Of an object that is missing: what may stand in it. */
function keysText(path: readonly PropertyKey[]): string {
  const allowed = keysAt(path);
  return allowed.length === 0 ? '' : `: ${allowed.join(', ')}`;
}

/** Levels that there may be, where the name of one is wrong. */
function namesAt(path: readonly PropertyKey[]): readonly string[] {
  return path[0] === 'levels' ? ['L1', 'L2', 'L3'] : [];
}

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
}

/** Keys that the grammar has at a path. */
function keysAt(path: readonly PropertyKey[]): readonly string[] {
  const whole = z.toJSONSchema(policySchema, { io: 'input' }) as Shape;
  return Object.keys(path.reduce(shapeBelow, whole).properties ?? {});
}

function shapeBelow({ properties = {}, additionalProperties, items }: Shape, step: PropertyKey): Shape {
  const named = String(step);
  if (Object.hasOwn(properties, named)) return properties[named] ?? {};
  if (typeof step === 'number') return items ?? {};
  return typeof additionalProperties === 'object' ? additionalProperties : {};
}

function shown(name: string): string {
  return plainName(name) ?? '(a name)';
}
