import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Paths {
  readonly paths: Readonly<
    Record<string, { readonly get?: { readonly responses: Readonly<Record<string, Answer>> } | undefined }>
  >;
}

// beside the repository, never inside it; elsewhere only fields that are unknown are added
const file = join(import.meta.dirname, '../../../../../shared/data/openapi/sentry-openapi-derefed.json');
const document = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Paths) : { paths: {} };

const answers = Object.entries(document.paths).flatMap(([template, { get }]) => {
  const [first] = Object.values(get?.responses['200']?.content ?? {});
  const parts = template.split('/').filter((part) => part !== '');
  return first?.schema === undefined ? [] : [{ parts, schema: first.schema }];
});

/** What the API's document says of an answer; undefined where it says nothing. */
function schemaOf(path: string): Schema | undefined {
  const asked = path.split('/').filter((part) => part !== '');
  const fitting = answers.filter(
    ({ parts }) =>
      parts.length === asked.length && parts.every((part, index) => part.startsWith('{') || part === asked[index]),
  );
  const fixed = ({ parts }: (typeof answers)[number]) => parts.filter((part) => !part.startsWith('{')).length;
  return fitting.toSorted((left, right) => fixed(right) - fixed(left))[0]?.schema;
}

/** A schema and all that it is made of. */
function partsOf(schema: Schema): readonly Schema[] {
  const inner = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [schema, ...inner.flatMap(partsOf)];
}

/**
 * A copy of an answer in which about one of `every` fields that the API's document calls optional is missing or null, and in
 * which there are fields that it does not know. What any form of the answer requires stays.
 */
export function withoutOptional(body: unknown, path: string, random: () => number, every: number): unknown {
  const schema = schemaOf(path);
  return changed(body, schema === undefined ? [] : [schema], random, every);
}

function changed(value: unknown, schemas: readonly Schema[], random: () => number, every: number): unknown {
  const parts = schemas.flatMap(partsOf);
  if (Array.isArray(value)) {
    const items = parts.flatMap(({ items: inner }) => inner ?? []);
    return value.map((item) => changed(item, items, random, every));
  }
  if (typeof value !== 'object' || value === null) return value;
  const required = new Set(parts.flatMap((part) => part.required ?? []));
  const rest = parts.flatMap(({ additionalProperties: more }) => (typeof more === 'object' ? more : []));
  const entries = Object.entries(value).flatMap(([name, held]): [string, unknown][] => {
    const known = parts.flatMap(({ properties = {} }) =>
      Object.hasOwn(properties, name) ? (properties[name] ?? []) : [],
    );
    const isOptional = known.length > 0 && !required.has(name);
    if (isOptional && random() < 1 / every) return random() < 0.5 ? [] : [[name, null]];
    return [[name, changed(held, known.length > 0 ? known : rest, random, every)]];
  });
  // objects that are maps (of releases, of groups) hold no fields: another key there would be another thing
  if (rest.length === 0 && parts.length > 0 && random() < 0.2) entries.push(['aFieldOfTomorrow', { deep: [1, null] }]);
  return Object.fromEntries(entries);
}

/** How many answers the document describes; 0 where it is not at hand. */
export const describedAnswers = answers.length;
