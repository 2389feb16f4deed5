import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

export interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media>>;
}

export type PathItem = { readonly parameters?: readonly Parameter[] } & {
  readonly [method: string]: Operation | undefined;
};

export interface ApiDocument {
  readonly paths: Readonly<Record<string, PathItem>>;
}

// beside the repository, never inside it
const file = join(import.meta.dirname, '../../../../../../shared/data/openapi/sentry-openapi-derefed.json');

/** Sentry's API document where it is at hand; undefined elsewhere. */
export function readDocument(): ApiDocument | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as ApiDocument) : undefined;
}

export function schemaOf(media: Media | undefined): Schema | undefined {
  return Object.values(media?.content ?? {})[0]?.schema;
}

const lists = ['allOf', 'anyOf', 'oneOf'];

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes an alternative, wherever it stands. */
export function toJsonSchema(schema: Schema): Schema {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'nullable' || keyword === 'example' || keyword === 'default') continue;
    if (keyword === 'properties') {
      const properties = Object.entries(value as Record<string, Schema>);
      result[keyword] = Object.fromEntries(properties.map(([name, each]) => [name, toJsonSchema(each)]));
    } else if (lists.includes(keyword)) result[keyword] = (value as readonly Schema[]).map(toJsonSchema);
    else if (
      keyword === 'items' ||
      keyword === 'not' ||
      (keyword === 'additionalProperties' && typeof value === 'object')
    )
      result[keyword] = toJsonSchema(value as Schema);
    else result[keyword] = value;
  }
  if (schema['nullable'] !== true) return result;
  return { anyOf: [{ type: 'null' }, result] };
}
