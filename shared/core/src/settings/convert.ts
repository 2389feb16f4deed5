import * as z from 'zod';

/** What a schema wants, seen from the side of a command line. */
export type Kind = 'text' | 'number' | 'boolean' | 'list' | 'json';

/** The kind of value a schema takes, under defaults, options and transforms. */
export function kindOf(schema: z.core.$ZodType): Kind {
  return kinds.get(innermost(schema)._zod.def.type) ?? 'text';
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['array', 'list'],
  ['object', 'json'],
  ['record', 'json'],
]);

/**
 * The text of a flag, variable or `key=value` word as the value its schema checks: numbers, `yes`/`no`, comma lists, JSON.
 * What does not convert is passed on as it is, so that the schema says what is wrong.
 */
export function convertText(schema: z.core.$ZodType, text: string): unknown {
  const trimmed = text.trim();
  const { def } = innermost(schema)._zod;
  if (def.type === 'union') return firstThatFits((def as z.core.$ZodUnionDef).options, text);
  const kind = kindOf(schema);
  if (kind === 'number') return /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
  if (kind === 'boolean') return booleans.get(trimmed.toLowerCase()) ?? text;
  if (kind === 'list') return trimmed.startsWith('[') ? asJson(trimmed) : asList(innermost(schema), trimmed);
  return kind === 'json' ? asJson(trimmed) : text;
}

/** Several texts of one list: repeated flags, repeated words. */
export function convertTexts(schema: z.core.$ZodType, texts: readonly string[]): unknown {
  if (texts.length === 1) return convertText(schema, texts[0] ?? '');
  return texts.flatMap((text) => convertText(schema, text));
}

const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

function asList(schema: z.core.$ZodType, text: string): unknown[] {
  const { element } = (schema as z.core.$ZodArray)._zod.def;
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '').map((item) => convertText(element, item));
}

/** Of a union the first way to read the text that its own schema accepts. */
function firstThatFits(options: readonly z.core.$ZodType[], text: string): unknown {
  const read = options.map((option) => ({ option, value: convertText(option, text) }));
  return read.find(({ option, value }) => z.safeParse(option, value).success)?.value ?? text;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema says better what was expected.
    return text;
  }
}

function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod;
  if (def.type === 'pipe') return innermost((def as z.core.$ZodPipeDef).in);
  return 'innerType' in def ? innermost(def.innerType as z.core.$ZodType) : schema;
}
