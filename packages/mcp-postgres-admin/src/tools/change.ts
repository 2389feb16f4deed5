import { nextCall, outside, type Plan, table, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { requestedChange } from '../analysis/change/request.ts';
import { sameStates } from '../analysis/change/same.ts';
import { defineTool } from '../tool.ts';
import { applyRights } from './change-apply-rights.ts';
import { type ChangeCall, planRights, type RightsObserved } from './change-plan-rights.ts';
import { applyIndex, type IndexObserved, planIndex, rebuildWords } from './change-plan-index.ts';
import { planSlot, type SlotObserved } from './change-plan-slot.ts';
import { readUndo } from './change-undo-store.ts';
import { databaseInput } from './database.ts';

const name = z.string().min(1).max(300);
const word = z.string().max(30);

const input = z.strictObject({
  action: z.enum(['drop_index', 'grant', 'revoke', 'alter_role', 'drop_slot', 'undo']),
  object: name
    .optional()
    .describe(
      'app.movies, schema app, function app.f(int), sequence app.s, database d; role g = membership; index; slot',
    ),
  role: z.string().min(1).max(63).optional().describe('unquoted; PUBLIC only to revoke'),
  privileges: z.array(word).max(8).default([]).describe('SELECT, USAGE, …'),
  attributes: z.array(word).max(10).default([]).describe('for alter_role: NOLOGIN, …'),
  until: z
    .union([z.iso.datetime({ offset: true }), z.literal('infinity')])
    .optional()
    .describe('login expiry, for alter_role'),
  undoId: z.uuid().optional(),
  database: databaseInput,
});

export const change = defineTool({
  name: 'pg_change',
  title: 'Change rights, drop what is unneeded',
  description:
    'Grants or revokes rights and memberships, changes a role, drops an index that pg_index_audit lets go or an inactive slot, or undoes that. First returns a plan with the rights gained and lost, tried and rolled back, and a code.',
  searchHint: 'grant revoke role permission expiry nologin drop slot undo',
  risk: 'destructive',
  input,
  output: z.strictObject({
    verdict: z.enum(['ok', 'warning']),
    done: z.array(outside(z.string())),
    states: z.array(z.strictObject({ before: outside(z.string()), after: outside(z.string()) })),
    undoId: z.string().optional(),
    rebuild: outside(z.string()).optional(),
    note: z.string().optional(),
  }),
  plan: (wanted, call) => planOf(wanted, call),
  async apply({ observed }, call) {
    if (observed.kind === 'rights') return applyRights(observed, call);
    if (observed.kind === 'index') return applyIndex(observed, call);
    await call.backend.dropSlot(observed, call.signal);
    return { verdict: 'ok' as const, done: [`dropped replication slot ${observed.name}`], states: [] };
  },
  async settle({ observed }, { backend, signal }) {
    if (observed.kind === 'slot') return (await backend.slot(observed.name, signal)) === undefined ? 'yes' : 'no';
    if (observed.kind === 'index')
      return (await backend.index(observed.name, observed.database, signal)) === undefined ? 'yes' : 'unknown';
    const { changes, database, states, after } = observed;
    const now = await backend.states(changes, database, signal);
    if (sameStates(now, after)) return 'yes';
    return sameStates(now, states) ? 'no' : 'unknown';
  },
  render({ verdict, done, states, undoId, rebuild, note }) {
    return [
      `${verdict.toUpperCase()}: ${done.join('; ')}`,
      ...(states.length === 0 ? [] : [table(states, ['before', 'after'])]),
      ...(note === undefined ? [] : [note]),
      ...(rebuild === undefined ? [] : [`To take it back: ${rebuildWords(rebuild)}`]),
      undoId === undefined
        ? nextCall(states.length === 0 ? 'pg_overview' : 'pg_privileges')
        : `Next, to take it back: pg_change {"action":"undo","undoId":"${undoId}"}`,
    ].join('\n');
  },
});

async function planOf(
  wanted: z.output<typeof input>,
  call: ChangeCall,
): Promise<Plan<RightsObserved | SlotObserved | IndexObserved>> {
  if (wanted.action === 'drop_index') return planIndex(wanted, call);
  if (wanted.action === 'drop_slot') return planSlot(wanted.object, call);
  if (wanted.action !== 'undo')
    return planRights({ changes: [requestedChange(wanted)], database: wanted.database }, call);
  if (wanted.undoId === undefined)
    throw new ToolError('invalid_input', 'undoId: undo needs it', { hint: 'The answer of the change named it.' });
  const kept = await readUndo(call.state.store, wanted.undoId);
  const facts = await call.backend.facts(call.signal);
  if (kept.systemId !== facts.systemId)
    throw new ToolError('backend_conflict', 'that change was made on another cluster', { hint: 'Nothing was done.' });
  const database = kept.database === facts.database ? undefined : kept.database;
  return planRights({ changes: kept.changes, database, undo: { id: wanted.undoId, expected: kept.expected } }, call);
}
