import fc from 'fast-check';
import * as z from 'zod';
import { tools } from '../../src/tools/index.ts';

/** What people and models write into a field of text, and what attackers do. */
const texts = [
  'MOVIE-SERVICE-1',
  'TICKET-SERVICE-1',
  'movie-service',
  'movie@2.0.0',
  'latest',
  'acme',
  '*',
  '',
  ' ',
  '..',
  '../../0/organizations/',
  '%2e%2e',
  'a/b?c=d#e',
  'https://evil.example/organizations/acme/issues/1/',
  '//evil.example',
  '\r\nHost: evil.example',
  'is:unresolved',
  'now-1d',
  'now',
  '7d',
  'a'.repeat(32),
  '座席',
  'count()',
  '-count()',
  'user:1',
  '__proto__',
  'constructor',
] as const;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

function valueOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer' || schema.type === 'number') {
    return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 1000) });
  }
  if (schema.type === 'array') return fc.array(valueOf(schema.items ?? {}), { minLength: 1, maxLength: 4 });
  if (schema.type === 'object')
    return fc.dictionary(fc.constantFrom('host', 'alertname', 'x'), fc.constantFrom(...texts));
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...texts) }, fc.string({ maxLength: 20 }));
}

/** Calls of any tool with inputs of the right types and any content: most that it needs, some of what it may be told. */
export const anyCall: fc.Arbitrary<readonly [tool: string, args: Readonly<Record<string, unknown>>]> = fc.oneof(
  ...tools.map((tool) => {
    const { properties = {}, required = [] } = z.toJSONSchema(tool.input, { io: 'input' }) as Schema;
    const fields = Object.entries(properties).map(
      ([name, schema]) =>
        [
          name,
          required.includes(name) ? valueOf(schema) : fc.option(valueOf(schema), { nil: undefined, freq: 2 }),
        ] as const,
    );
    return fc
      .record(Object.fromEntries(fields))
      .map(
        (args) =>
          [tool.name, Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined))] as const,
      );
  }),
);
