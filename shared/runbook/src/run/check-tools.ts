import type { jsonSchemaValidator, Tool } from '@modelcontextprotocol/client';
import { evaluate, type Scope } from '../expression/evaluate.ts';
import { fill, pathsOf, type Template } from '../expression/template.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { meant } from '../nearest.ts';
import type { Runbook, Step } from '../runbook/types.ts';
import type { Servers } from '../servers/open-servers.ts';

export interface ToolProblem {
  readonly step: string;
  readonly text: string;
  readonly fix: string;
}

/**
 * What is wrong with the steps of a runbook, seen by the tools that its servers list. Steps of servers that are missing
 * cannot be judged and are left out.
 *
 * @param inputs the values of the runbook's inputs: arguments that depend on nothing else are checked against the schema
 */
export async function checkTools(
  runbook: Runbook,
  servers: Servers,
  options: { readonly inputs: Json; readonly allowChanges: boolean },
): Promise<readonly ToolProblem[]> {
  const { AjvJsonSchemaValidator } = await import('@modelcontextprotocol/client/validators/ajv');
  const validator = new AjvJsonSchemaValidator();
  const scope: Scope = new Map([['inputs', options.inputs]]);
  return runbook.steps.flatMap((step): readonly ToolProblem[] => {
    const server = servers.open.get(step.server);
    if (server === undefined) return [];
    const tool = server.tools.get(step.tool);
    const problem = (text: string, fix: string): readonly ToolProblem[] => [{ step: step.id, text, fix }];
    if (tool === undefined) {
      const names = [...server.tools.keys()];
      const text = `the server "${step.server}" has no tool "${step.tool}"${meant(step.tool, names)}`;
      return problem(text, `Its tools: ${names.slice(0, 50).join(', ')}.`);
    }
    if (isChanging(tool) && !options.allowChanges) {
      return problem(`"${step.tool}" changes something`, 'Runbooks only read unless --allow-changes is given.');
    }
    const wrong = checkInput(step, tool, scope, (schema, value) => validate(validator, schema, value));
    return wrong.flatMap((text) => problem(text, `Give "input" as ${step.server} describes ${step.tool}.`));
  });
}

/** Only a tool that its server declares as reading counts as reading. */
export function isChanging(tool: Tool): boolean {
  return tool.annotations?.readOnlyHint !== true;
}

/** Whether the first call of a changing tool only plans, as that of every server of this project does. */
export function plansFirst(tool: Tool): boolean {
  const confirm = tool.inputSchema.properties?.['confirm'];
  const description = isObject(confirm) ? confirm['description'] : undefined;
  return typeof description === 'string' && description.startsWith('Code from the plan');
}

type Validate = (schema: JsonObject, value: Json) => string | undefined;

function checkInput(step: Step, tool: Tool, scope: Scope, check: Validate): readonly string[] {
  const schema = tool.inputSchema as JsonObject;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const given = new Map(step.input.kind === 'object' ? step.input.entries : constantEntries(step.input));
  const wrong: string[] = [];
  for (const [name, template] of given) {
    const property = properties[name];
    if (property === undefined && schema['additionalProperties'] === false) {
      const names = Object.keys(properties);
      wrong.push(`${step.tool} has no argument "${name}"${meant(name, names)} (arguments: ${names.join(', ')})`);
    }
    if (!isObject(property) || !isKnown(template)) continue;
    const value = fill(template, scope);
    if (value === null && template.kind === 'expression') continue;
    const why = check({ ...definitionsOf(schema), ...property }, value);
    if (why !== undefined) wrong.push(`the argument "${name}" of ${step.tool} is refused: ${why}`);
  }
  const required = tool.inputSchema.required ?? [];
  const missing = required.filter((name) => !given.has(name) || isAbsent(given.get(name), scope));
  return [...wrong, ...missing.map((name) => `${step.tool} needs the argument "${name}"`)];
}

function constantEntries(template: Template): readonly (readonly [string, Template])[] {
  if (template.kind !== 'constant' || !isObject(template.value)) return [];
  return Object.entries(template.value).map(([key, value]) => [key, { kind: 'constant', value }] as const);
}

/** Known before the run: it looks at the runbook's inputs only. */
function isKnown(template: Template): boolean {
  return pathsOf(template).every(({ root }) => root === 'inputs');
}

function isAbsent(template: Template | undefined, scope: Scope): boolean {
  return template?.kind === 'expression' && isKnown(template) && evaluate(template.expression, scope) === null;
}

function definitionsOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key === '$defs' || key === 'definitions'));
}

function validate(validator: jsonSchemaValidator, schema: JsonObject, value: Json): string | undefined {
  try {
    const checked = validator.getValidator(schema)(value);
    return checked.valid ? undefined : (checked.errorMessage ?? 'it breaks the schema');
  } catch {
    // A schema this validator cannot read is the server's own affair: the server checks the call.
    return undefined;
  }
}
