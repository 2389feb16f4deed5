import type { Tool } from '../define/tool.ts';
import type { GatedTool } from '../gate/types.ts';
import type { ToolListing } from './listing.ts';

/**
 * What this configuration offers, sorted by name, the same for the process's life.
 *
 * Embedded definitions are used as they are, so that listing evaluates no tool module; only structured results or a
 * server without embedded definitions load the tools.
 */
export async function listTools(options: {
  readonly embedded: (() => readonly ToolListing[]) | undefined;
  readonly tools: () => Promise<Iterable<Tool>>;
  readonly lists: (tool: GatedTool) => boolean;
  readonly structured: boolean;
  readonly secondFactor: boolean;
}): Promise<readonly ToolListing[]> {
  const all =
    options.embedded && !options.structured
      ? options.embedded()
      : await computed(await options.tools(), options.structured);
  return all
    .filter((tool) => options.lists(gatedTool(tool)))
    .map((tool) => (options.secondFactor ? withApproval(tool) : tool))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** Risk and confirmation, read back from a definition. */
export function gatedTool(tool: ToolListing): GatedTool {
  const { readOnlyHint, destructiveHint } = tool.annotations;
  return {
    name: tool.name,
    risk: readOnlyHint ? 'read' : destructiveHint ? 'destructive' : 'write',
    confirms: 'confirm' in propertiesOf(tool),
  };
}

async function computed(tools: Iterable<Tool>, structured: boolean): Promise<readonly ToolListing[]> {
  const { toolDefinition, outputDefinition } = await import('./tool-definition.ts');
  return [...tools].map((tool) => {
    const outputSchema = structured ? outputDefinition(tool) : undefined;
    return { ...toolDefinition(tool), ...(outputSchema === undefined ? {} : { outputSchema }) };
  });
}

function withApproval(tool: ToolListing): ToolListing {
  const properties = propertiesOf(tool);
  if (!('confirm' in properties) || gatedTool(tool).risk !== 'destructive') return tool;
  return { ...tool, inputSchema: { ...tool.inputSchema, properties: { ...properties, approval: approvalProperty } } };
}

/** Given only to destructive tools, and only while a second factor is set. */
const approvalProperty = {
  type: 'string',
  maxLength: 400,
  description: 'One-time passwords of the approvers, comma-separated; only as given by a person.',
} as const;

function propertiesOf(tool: ToolListing): Readonly<Record<string, unknown>> {
  return (tool.inputSchema['properties'] ?? {}) as Readonly<Record<string, unknown>>;
}
