import type { Risk, Tool } from '../define/tool.ts';
import { jsonSchema } from './json-schema.ts';
import type { ToolListing } from './listing.ts';

type Erased = Pick<
  Tool,
  'name' | 'title' | 'description' | 'risk' | 'searchHint' | 'alwaysLoad' | 'confirms' | 'input'
> & { readonly output: Tool['output'] };

const confirmProperty = {
  type: 'string',
  maxLength: 400,
  description: 'Code from the plan that a call without it returns.',
} as const;

/**
 * A tool as clients see it, without output schema: what is generated at build and embedded.
 *
 * @throws TypeError when the input schema is not portable or declares `confirm` or `approval` itself
 */
export function toolDefinition(tool: Erased): ToolListing {
  const schema = jsonSchema(tool.input, 'input');
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
  if ('confirm' in properties || 'approval' in properties) {
    throw new TypeError(`${tool.name}: confirm and approval are added by the core`);
  }
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: tool.confirms ? { ...schema, properties: { ...properties, confirm: confirmProperty } } : schema,
    annotations: annotations(tool.risk),
    _meta: {
      'anthropic/searchHint': tool.searchHint ?? tool.title,
      ...(tool.alwaysLoad ? { 'anthropic/alwaysLoad': true } : {}),
    },
  };
}

/** The output schema listed under `--results structured`; changing tools have none, as they answer plan or result. */
export function outputDefinition(tool: Erased): Readonly<Record<string, unknown>> | undefined {
  if (tool.risk !== 'read') return undefined;
  const schema = jsonSchema(tool.output, 'output');
  if (schema['type'] !== 'object') return undefined;
  const properties = { ...(schema['properties'] as Readonly<Record<string, unknown>>) };
  delete properties['images'];
  const required = (schema['required'] as readonly string[] | undefined)?.filter((name) => name !== 'images');
  return { ...schema, properties: { ...properties, truncated: truncatedProperty }, ...(required ? { required } : {}) };
}

const truncatedProperty = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      path: { type: 'string' },
      shown: { type: 'integer' },
      total: { type: 'integer' },
      cursor: { type: 'string' },
    },
    required: ['path', 'shown', 'total'],
    additionalProperties: false,
  },
} as const;

function annotations(risk: Risk): ToolListing['annotations'] {
  return {
    readOnlyHint: risk === 'read',
    destructiveHint: risk === 'destructive',
    idempotentHint: risk === 'read',
    // Every server talks to the one backend it was configured for.
    openWorldHint: false,
  };
}
