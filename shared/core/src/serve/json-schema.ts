import * as z from 'zod';

type JsonSchema = { readonly [key: string]: unknown };

/**
 * A Zod schema as every client reads it: no `$schema`, `$ref`, safe-integer bounds, date-time patterns, `anyOf`,
 * tuples or type arrays.
 *
 * A union with null becomes its other half; a union of plain types loses its type and says the types in words.
 *
 * @throws TypeError for any other union, and for tuples: clients differ in what they make of them
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const raw = z.toJSONSchema(schema, { io, reused: 'inline', cycles: 'throw', unrepresentable: 'any' });
  return simplify(raw, io);
}

function simplify(node: JsonSchema, path: string): JsonSchema {
  const union = unionOf(node);
  if (union !== undefined) return simplify(withoutUnion(node, union, path), path);
  if (node['prefixItems'] !== undefined) throw new TypeError(`${path}: tuples are not portable, use an object`);
  const entries = Object.entries(node)
    .filter(([key, value]) => !isNoise(key, value, node))
    .map(([key, value]): [string, unknown] => [key, simplifyMember(key, value, path)]);
  return Object.fromEntries(entries);
}

function simplifyMember(key: string, value: unknown, path: string): unknown {
  if (key === 'properties') {
    return Object.fromEntries(
      Object.entries(value as Readonly<Record<string, JsonSchema>>).map(([name, member]) => [
        name,
        simplify(member, `${path}.${name}`),
      ]),
    );
  }
  if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object' && value !== null) {
    return simplify(value as JsonSchema, `${path}.${key}`);
  }
  return value;
}

function isNoise(key: string, value: unknown, node: JsonSchema): boolean {
  if (key === '$schema' || key === 'propertyNames') return true;
  if ((key === 'minimum' || key === 'maximum') && Math.abs(value as number) === Number.MAX_SAFE_INTEGER) return true;
  return key === 'pattern' && node['format'] !== undefined;
}

function unionOf(node: JsonSchema): readonly JsonSchema[] | undefined {
  const { type } = node;
  if (Array.isArray(type)) return type.map((one: unknown) => ({ type: one }));
  return (node['anyOf'] ?? node['oneOf'] ?? node['allOf']) as readonly JsonSchema[] | undefined;
}

function withoutUnion(node: JsonSchema, parts: readonly JsonSchema[], path: string): JsonSchema {
  const { anyOf: _any, oneOf: _one, allOf: _all, type, ...others } = node;
  const rest = Array.isArray(type) || type === undefined ? others : { type, ...others };
  const solid = parts.filter((part) => part['type'] !== 'null');
  if (solid.length === 1) return { ...solid[0], ...rest };
  const plain = parts.every((part) =>
    ['string', 'number', 'integer', 'boolean', 'null'].includes(String(part['type'])),
  );
  if (!plain) throw new TypeError(`${path}: a union of objects is not portable, use optional fields`);
  const words = [...new Set(parts.map((part) => String(part['type'])))].join(', ');
  const described = rest['description'];
  return { ...rest, description: typeof described === 'string' ? `${described} (${words})` : words };
}
