import type { Server } from '../../define/server.ts';
import type { Tool } from '../../define/tool.ts';
import { jsonSchema } from '../../serve/json-schema.ts';
import type { Era } from '../client.ts';
import type { Door } from '../door.ts';
import { answers } from './answers.ts';
import { confirmations } from './confirmations.ts';
import { faults } from './faults.ts';
import { hostileData } from './hostile-data.ts';
import { hostileInputs } from './hostile-inputs.ts';
import { refusals } from './refusals.ts';
import type { Attack, ContractCase, ContractOptions, ToolUnderAttack } from './types.ts';

const doors: readonly Door[] = ['memory', 'http'];
const eras: readonly Era[] = ['modern', 'legacy'];
const attacks = [answers, refusals, hostileInputs, hostileData, confirmations, faults];

/**
 * Every attack class of the core over every tool of a server, through both doors, in both protocol eras, as named cases for a test runner.
 *
 * @throws Error when a tool has no example input, or an example names no tool
 */
export async function contract(server: Server, options: ContractOptions): Promise<readonly ContractCase[]> {
  const tools = await server.tools();
  const missing = tools.filter((tool) => !(tool.name in options.inputs)).map((tool) => tool.name);
  if (missing.length > 0) throw new Error(`no example input for ${missing.join(', ')}`);
  const strangers = Object.keys(options.inputs).filter((name) => !tools.some((tool) => tool.name === name));
  if (strangers.length > 0) throw new Error(`example inputs for tools that do not exist: ${strangers.join(', ')}`);
  return tools.flatMap((tool) =>
    doors.flatMap((door) =>
      eras.flatMap((era) =>
        casesOf({ server, options, door, era, tool: underAttack(tool, options.inputs[tool.name] ?? {}) }),
      ),
    ),
  );
}

function casesOf(attack: Attack): readonly ContractCase[] {
  return attacks
    .flatMap((list) => list(attack))
    .map(({ name, run }) => ({ name: `${attack.tool.name} (${attack.door}, ${attack.era}): ${name}`, run }));
}

function underAttack(tool: Tool, input: Readonly<Record<string, unknown>>): ToolUnderAttack {
  const properties = (jsonSchema(tool.input, 'input')['properties'] ?? {}) as Record<
    string,
    { readonly type?: string; readonly enum?: unknown }
  >;
  const stringFields = Object.entries(properties)
    .filter(([, schema]) => schema.type === 'string' && schema.enum === undefined)
    .map(([name]) => name);
  return { name: tool.name, risk: tool.risk, confirms: tool.confirms, input, stringFields };
}
