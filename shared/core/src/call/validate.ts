import type * as z from 'zod';
import { ToolError } from '../errors/tool-error.ts';
import { nearest } from '../settings/nearest.ts';
import type { Json } from '../define/plan.ts';
import type { Tool } from '../define/tool.ts';

export interface ValidInput {
  /** Parsed: defaults filled in. */
  readonly input: unknown;
  /** As given, without `confirm` and `approval`: what codes, cursors and the audit log are bound to. */
  readonly args: { readonly [key: string]: Json };
  readonly confirm: string | undefined;
  readonly approval: string | undefined;
}

const maxBytes = 1024 * 1024;
const maxElements = 10_000;
const maxDepth = 32;
const maxString = 256 * 1024;

/**
 * Bounds first, then the tool's schema, once.
 *
 * @throws ToolError `too_large`, or `invalid_input` naming path, rule and allowed values, never the given value
 */
export function validate(tool: Tool, given: unknown): ValidInput {
  const whole = given ?? {};
  if (!isRecord(whole)) throw new ToolError('invalid_input', 'arguments are not an object');
  bound(whole);
  const { confirm, approval, args } = tool.confirms
    ? takeConfirmation(whole)
    : { confirm: undefined, approval: undefined, args: whole };
  const parsed = tool.input.safeParse(args);
  if (parsed.success) return { input: parsed.data, args, confirm, approval };
  const shown = parsed.error.issues.slice(0, 10).map((issue) => describe(issue, tool, args));
  const more = parsed.error.issues.length - shown.length;
  throw new ToolError('invalid_input', shown.join('; ') + (more > 0 ? `; and ${more} more` : ''), {
    hint: `${tool.name} takes: ${Object.keys(tool.input.shape).join(', ') || 'no arguments'}.`,
  });
}

type Arguments = { readonly [key: string]: Json };

function isRecord(value: unknown): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function takeConfirmation(given: Arguments): {
  confirm: string | undefined;
  approval: string | undefined;
  args: Arguments;
} {
  const { confirm, approval, ...args } = given;
  for (const [name, value] of [
    ['confirm', confirm],
    ['approval', approval],
  ] as const) {
    if (value !== undefined && (typeof value !== 'string' || value.length > 400)) {
      throw new ToolError('invalid_input', `${name}: a string of at most 400 characters is expected`);
    }
  }
  return { confirm: confirm as string | undefined, approval: approval as string | undefined, args };
}

/** Walks without recursion, so that depth itself cannot hurt. */
function bound(given: Arguments): void {
  let elements = 0;
  let size = 0;
  const waiting: { value: unknown; depth: number }[] = [{ value: given, depth: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') {
      size += value.length;
      if (value.length > maxString) throw tooLarge(`a string of more than ${maxString} characters`);
    }
    if (typeof value === 'object' && value !== null) {
      if (depth > maxDepth) throw tooLarge(`nested deeper than ${maxDepth}`);
      for (const [key, inner] of Object.entries(value)) {
        size += key.length;
        waiting.push({ value: inner, depth: depth + 1 });
      }
    }
    elements += 1;
    if (elements > maxElements) throw tooLarge(`more than ${maxElements} elements`);
    if (size > maxBytes) throw tooLarge(`more than ${maxBytes} characters`);
  }
}

function tooLarge(what: string): ToolError {
  return new ToolError('too_large', `the arguments hold ${what}`, { hint: 'Send less in one call.' });
}

/** ` of …`, for a list in whose place something else or nothing was given, where its values are enumerated. */
function elementsOf({ path, expected }: z.core.$ZodIssueInvalidType, { input }: Tool): string {
  const [name] = path;
  if (expected !== 'array' || path.length !== 1 || !Object.hasOwn(input.shape, String(name))) return '';
  const list = unwrapped(input.shape[String(name)]);
  if (list?.type !== 'array') return '';
  const element = unwrapped((list as z.core.$ZodArrayDef).element);
  return element?.type === 'enum' ? ` of ${Object.values((element as z.core.$ZodEnumDef).entries).join(', ')}` : '';
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodTypeDef | undefined {
  const definition = schema?._zod.def;
  if (definition === undefined || !('innerType' in definition)) return definition;
  return unwrapped(definition.innerType as z.core.$ZodType);
}

function describe(issue: z.core.$ZodIssue, tool: Tool, args: Arguments): string {
  const path = issue.path.map(String).join('.');
  const at = path === '' ? '' : `${path}: `;
  switch (issue.code) {
    case 'unrecognized_keys':
      return at + unknownArguments(issue.keys, tool);
    case 'invalid_value':
      return `${at}allowed: ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `${at}matches none of the allowed forms`;
    case 'invalid_type':
      return `${at}${isMissing(issue, args) ? 'missing; ' : ''}${issue.expected}${elementsOf(issue, tool)} expected`;
    case 'too_small':
      return `${at}at least ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `${at}at most ${issue.maximum}${unit(issue.origin)}`;
    case 'invalid_format':
      return `${at}${formatWords(issue)}`;
    case 'not_multiple_of':
      return `${at}a multiple of ${issue.divisor}`;
    case 'invalid_key':
    case 'invalid_element':
      return `${at}a key or element is not allowed`;
    case 'custom':
    default:
      return `${at}${issue.message}`;
  }
}

/** What the tool itself says of a pattern, else the pattern. */
function formatWords(issue: z.core.$ZodIssueInvalidStringFormat): string {
  if (issue.format !== 'regex') return `${issue.format} expected`;
  return issue.message.startsWith('Invalid string') ? `must match ${issue.pattern}` : issue.message;
}

/** Names what was probably meant, never what was given. */
function unknownArguments(keys: readonly string[], tool: Tool): string {
  const meant = keys.map((key) => nearest(key, Object.keys(tool.input.shape)));
  const close = meant.filter((name) => name !== undefined);
  const what = keys.length === 1 ? 'an unknown argument' : `${keys.length} unknown arguments`;
  return close.length === 0 ? what : `${what}, did you mean ${[...new Set(close)].join(', ')}?`;
}

function isMissing(issue: z.core.$ZodIssue, args: Arguments): boolean {
  let value: unknown = args;
  for (const key of issue.path) value = (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key];
  return value === undefined;
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' elements' : '';
}
