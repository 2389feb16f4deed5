import { describe, expect, it } from 'vitest';
import type { Plan } from '../define/plan.ts';
import { isToolError } from '../errors/tool-error.ts';
import { markEnd, markStart } from '../firewall/types.ts';
import { accessRules } from './access.ts';
import type { GateOptions } from './types.ts';

const write = { name: 'pg_cancel', risk: 'write', confirms: true } as const;
const destructive = { name: 'pg_terminate', risk: 'destructive', confirms: true } as const;
const read = { name: 'pg_overview', risk: 'read', confirms: false } as const;
const anyone = { id: 'os:1', ceiling: 'destructive' } as const;

function rules(changed: Partial<GateOptions> = {}) {
  return accessRules({
    server: 'mcp-x',
    ceiling: 'write',
    tools: [],
    denyTools: [],
    scopes: [],
    maxTargets: 2,
    environment: undefined,
    mode: 'auto',
    stateDir: '/nowhere',
    keys: { encryptionKey: undefined, auditKey: undefined },
    secondFactor: { approvers: undefined, needed: 1 },
    clock: { now: () => 0 },
    ...changed,
  });
}

function refusal(act: () => void) {
  try {
    act();
  } catch (error) {
    if (isToolError(error)) return { code: error.code, text: `${error.message}. ${error.hint}` };
    throw error;
  }
  return undefined;
}

const planFor = (...ids: string[]): Plan => ({
  summary: '',
  steps: ['one'],
  targets: ids.map((id) => ({ type: 'database', id })),
  warnings: [],
  undo: '',
  observed: null,
});

describe('what is allowed at all', () => {
  it('is everything up to the ceiling, and the refusal names --allow', () => {
    expect(refusal(() => rules().admit(write, anyone))).toBeUndefined();
    expect(refusal(() => rules().admit(destructive, anyone))).toEqual({
      code: 'not_allowed',
      text: 'pg_terminate is destructive; this server runs with --allow write. An operator allows it with --allow destructive (MCP_ALLOW=destructive) and a restart.',
    });
    expect(rules({ ceiling: 'read' }).lists(write)).toBe(false);
    expect(rules({ ceiling: 'read' }).lists(read)).toBe(true);
  });

  it('is less for a token with a lower ceiling, which never raises the one of the process', () => {
    expect(refusal(() => rules().admit(write, { id: 'reader', ceiling: 'read' }))?.text).toContain('MCP_AUTH_TOKEN');
    expect(refusal(() => rules({ ceiling: 'read' }).admit(write, anyone))?.code).toBe('not_allowed');
  });

  it('follows the tool lists, in which deny wins', () => {
    expect(rules({ tools: ['pg_overview'] }).whyNot(write)).toContain('--tools');
    expect(rules({ tools: ['pg_*'] }).lists(write)).toBe(true);
    expect(rules({ tools: ['pg_*'], denyTools: ['*_cancel'] }).whyNot(write)).toContain('--deny-tools');
    expect(refusal(() => rules({ denyTools: ['pg_cancel'] }).admit(write, anyone))?.code).toBe('tool_denied');
    expect(rules().whyNot(write)).toBeUndefined();
  });

  it('keeps every target of a plan inside the scope lists, which are named', () => {
    const limited = rules({ scopes: [{ type: 'database', globs: ['app_*'], setting: '--databases' }] });
    expect(refusal(() => limited.scope(planFor('app_one', 'app_two')))).toBeUndefined();
    expect(refusal(() => limited.scope(planFor('app_one', 'postgres')))).toEqual({
      code: 'out_of_scope',
      text: `database ${markStart}postgres${markEnd} is outside --databases; allowed: app_*. Choose a database within it; an operator changes --databases.`,
    });
    const none = rules({ scopes: [{ type: 'database', globs: [], setting: '--databases' }] });
    expect(refusal(() => none.scope(planFor('app_one')))?.code).toBe('out_of_scope');
  });

  it('refuses a change that names nothing a scope list speaks of, as it cannot be checked', () => {
    const limited = rules({ scopes: [{ type: 'schema', globs: ['*'], setting: '--schemas' }] });
    expect(refusal(() => limited.scope(planFor()))).toEqual({
      code: 'out_of_scope',
      text: 'the plan names no schema, so it cannot be held against --schemas. While --schemas is set, only changes within it are made; an operator changes it.',
    });
    expect(refusal(() => limited.scope(planFor('postgres')))?.code).toBe('out_of_scope');
    const either = [
      { type: 'schema', globs: ['public'], setting: '--schemas' },
      { type: 'database', globs: ['app'], setting: '--databases' },
    ];
    expect(refusal(() => rules({ scopes: either }).scope(planFor('app')))).toBeUndefined();
    expect(refusal(() => limited.scope({ ...planFor(), steps: [] }))).toBeUndefined();
    expect(refusal(() => rules().scope(planFor()))).toBeUndefined();
  });

  it('shows the beginning of a long list only', () => {
    const many = Array.from({ length: 200 }, (_, index) => `tool_${index}`);
    expect(rules({ tools: many }).whyNot(write)).toContain('tool_9 and 190 more');
  });

  it('refuses plans with more targets than --max-targets', () => {
    expect(refusal(() => rules().scope(planFor('a', 'b', 'c')))?.text).toContain('--max-targets');
  });
});
