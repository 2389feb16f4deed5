import type { Plan } from '../define/plan.ts';
import type { Risk } from '../define/tool.ts';
import { ToolError } from '../errors/tool-error.ts';
import { markEnd, markStart } from '../firewall/types.ts';
import { matchesAny } from './glob.ts';
import type { Gate, GatedTool, GateOptions } from './types.ts';

const order: readonly Risk[] = ['read', 'write', 'destructive'];
const above = (risk: Risk, ceiling: Risk): boolean => order.indexOf(risk) > order.indexOf(ceiling);

/** Ceilings, tool lists, scope lists: what is allowed at all, whoever confirms. */
export function accessRules(options: GateOptions): Pick<Gate, 'admit' | 'lists' | 'whyNot' | 'scope'> {
  return {
    admit(tool, principal) {
      const refused = refusal(tool, options);
      if (refused) throw refused;
      if (above(tool.risk, principal.ceiling)) {
        throw new ToolError(
          'not_allowed',
          `${tool.name} is ${tool.risk}; this caller may do ${principal.ceiling} only`,
          {
            hint: `An operator raises the ceiling of this token in MCP_AUTH_TOKEN (name:${tool.risk}:token) or its OAuth scope (mcp:${tool.risk}).`,
          },
        );
      }
    },
    lists: (tool) => refusal(tool, options) === undefined,
    whyNot(tool) {
      const refused = refusal(tool, options);
      return refused && `${refused.message}. ${refused.hint}`;
    },
    scope(plan) {
      refuseTooMany(plan, options.maxTargets);
      refuseOutside(plan, options);
    },
  };
}

function refusal(tool: GatedTool, options: GateOptions): ToolError | undefined {
  if (above(tool.risk, options.ceiling)) {
    return new ToolError(
      'not_allowed',
      `${tool.name} is ${tool.risk}; this server runs with --allow ${options.ceiling}`,
      {
        hint: `An operator allows it with --allow ${tool.risk} (MCP_ALLOW=${tool.risk}) and a restart.`,
      },
    );
  }
  if (matchesAny(options.denyTools, tool.name)) {
    return new ToolError('tool_denied', `${tool.name} is denied by --deny-tools ${shownList(options.denyTools)}`, {
      hint: 'An operator changes --deny-tools; it wins over --tools.',
    });
  }
  if (options.tools.length > 0 && !matchesAny(options.tools, tool.name)) {
    return new ToolError('tool_denied', `${tool.name} is not among --tools ${shownList(options.tools)}`, {
      hint: `An operator adds ${tool.name} to --tools.`,
    });
  }
  return undefined;
}

function refuseTooMany(plan: Plan, maxTargets: number): void {
  const count = plan.targets.length;
  if (count <= maxTargets) return;
  throw new ToolError(
    'too_many_targets',
    `the plan touches ${count} targets; at most ${maxTargets} are allowed at once`,
    {
      hint: 'Narrow the call, or do it in parts; an operator raises --max-targets.',
    },
  );
}

/** Fails closed: where scope lists are set, a plan that names nothing they speak of cannot be checked against them. */
function refuseOutside(plan: Plan, { scopes }: GateOptions): void {
  for (const { type, globs, setting } of scopes) {
    const outside = plan.targets.find((target) => target.type === type && !matchesAny(globs, target.id));
    if (!outside) continue;
    const allowed = globs.length > 0 ? shownList(globs) : 'none';
    throw new ToolError('out_of_scope', `${type} ${fenced(outside.id)} is outside ${setting}; allowed: ${allowed}`, {
      hint: `Choose a ${type} within it; an operator changes ${setting}.`,
    });
  }
  const named = plan.targets.some((target) => scopes.some(({ type }) => type === target.type));
  if (named || scopes.length === 0 || plan.steps.length === 0) return;
  const names = scopes.map(({ setting }) => setting).join(', ');
  const types = scopes.map(({ type }) => type).join(' or ');
  throw new ToolError('out_of_scope', `the plan names no ${types}, so it cannot be held against ${names}`, {
    hint: `While ${names} is set, only changes within it are made; an operator changes it.`,
  });
}

/** Names of a backend may have been chosen by outsiders. */
function fenced(id: string): string {
  return `${markStart}${id.replaceAll(markStart, '').replaceAll(markEnd, '')}${markEnd}`;
}

const shownGlobs = 10;

function shownList(globs: readonly string[]): string {
  const rest = globs.length - shownGlobs;
  return globs.slice(0, shownGlobs).join(',') + (rest > 0 ? ` and ${rest} more` : '');
}
