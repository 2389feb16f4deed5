import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { notebookTools } from '../../test/fixtures/notebook.ts';
import { jsonSchema } from './json-schema.ts';
import { gatedTool, listTools } from './list-tools.ts';
import { toolDefinition } from './tool-definition.ts';

const definitions = notebookTools.map((tool) => toolDefinition(tool));
const byName = (name: string) => definitions.find((tool) => tool.name === name)!;

describe('a definition', () => {
  test('of a read tool is what every client understands', () => {
    expect(byName('note_list')).toMatchInlineSnapshot(`
      {
        "_meta": {
          "anthropic/alwaysLoad": true,
          "anthropic/searchHint": "List notes",
        },
        "annotations": {
          "destructiveHint": false,
          "idempotentHint": true,
          "openWorldHint": false,
          "readOnlyHint": true,
        },
        "description": "Names and texts of the notes, by name. Use first.",
        "inputSchema": {
          "additionalProperties": false,
          "properties": {
            "cursor": {
              "description": "from the last answer",
              "maxLength": 1000,
              "type": "string",
            },
            "limit": {
              "default": 20,
              "description": "notes to return",
              "maximum": 200,
              "minimum": 1,
              "type": "integer",
            },
            "order": {
              "default": "name",
              "description": "what to sort by",
              "enum": [
                "name",
                "length",
              ],
              "type": "string",
            },
          },
          "type": "object",
        },
        "name": "note_list",
        "title": "List notes",
      }
    `);
  });

  test('of a changing tool takes the code of its plan, unless it needs none', () => {
    expect(byName('note_delete').inputSchema['properties']).toHaveProperty('confirm');
    expect(byName('note_add').inputSchema['properties']).not.toHaveProperty('confirm');
    expect(byName('note_delete').annotations).toMatchObject({ readOnlyHint: false, destructiveHint: true });
  });

  test('tells risk and confirmation back', () => {
    expect(definitions.map((definition) => gatedTool(definition))).toEqual(
      notebookTools.map(({ name, risk, confirms }) => ({ name, risk, confirms })),
    );
  });
});

describe('a list', () => {
  const options = { tools: async () => notebookTools, lists: () => true, structured: false, secondFactor: false };

  test('from embedded definitions touches no tool and is sorted', async () => {
    const listed = await listTools({
      ...options,
      embedded: () => definitions,
      tools: () => Promise.reject(new Error('evaluated')),
    });
    expect(listed.map((tool) => tool.name)).toEqual(definitions.map((tool) => tool.name).toSorted());
  });

  test('equals the computed one', async () => {
    expect(await listTools({ ...options, embedded: () => definitions })).toEqual(
      await listTools({ ...options, embedded: undefined }),
    );
  });

  test('offers approval on destructive tools while a second factor is set', async () => {
    const listed = await listTools({ ...options, embedded: undefined, secondFactor: true });
    const withApproval = listed.filter((tool) => 'approval' in (tool.inputSchema['properties'] as object));
    expect(withApproval.map((tool) => tool.name)).toEqual(['note_delete']);
  });
});

describe('a schema', () => {
  test('loses what clients stumble over', () => {
    const schema = z.strictObject({
      at: z.iso.datetime().describe('when'),
      any: z.int(),
      maybe: z.string().nullable().describe('or nothing'),
      scalars: z.array(z.union([z.string(), z.number(), z.null()]).describe('values')),
      map: z.record(z.string(), z.int().nullable()),
    });
    expect(jsonSchema(schema, 'input')).toEqual({
      type: 'object',
      properties: {
        at: { type: 'string', format: 'date-time', description: 'when' },
        any: { type: 'integer' },
        maybe: { type: 'string', description: 'or nothing' },
        scalars: { type: 'array', items: { description: 'values (string, number, null)' } },
        map: { type: 'object', additionalProperties: { type: 'integer' } },
      },
      required: ['at', 'any', 'maybe', 'scalars', 'map'],
      additionalProperties: false,
    });
  });

  test('with a union of objects or a tuple is refused by name', () => {
    const union = z.strictObject({ one: z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })]) });
    expect(() => jsonSchema(union, 'input')).toThrow(/input\.one: a union of objects/);
    expect(() => jsonSchema(z.strictObject({ pair: z.tuple([z.int(), z.int()]) }), 'input')).toThrow(/tuples/);
  });

  test('keeps the name of a tool out of reach of its own arguments', () => {
    const input = z.strictObject({ confirm: z.string() });
    expect(() => notebookTools.map((tool) => toolDefinition({ ...tool, input }))).toThrow(/added by the core/);
  });
});
