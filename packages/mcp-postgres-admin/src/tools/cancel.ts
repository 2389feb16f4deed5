import { type Call, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { isSame } from '../analysis/signalling.ts';
import type { PostgresBackend } from '../backend/port.ts';
import type { PostgresSettings } from '../settings.ts';
import { defineTool } from '../tool.ts';
import {
  outcomeOf,
  planSignal,
  renderOutcome,
  sessionInput,
  signalledOutput,
  type SignalPlan,
} from './session-plan.ts';

const operationOutput = z.strictObject({
  operation: z.string(),
  status: z.string(),
  verdict: z.enum(['ok', 'warning']),
});
type Observed = SignalPlan['observed'] | { readonly operation: string };

export const cancel = defineTool({
  name: 'pg_cancel',
  title: 'Cancel a statement',
  description:
    'Cancels the statement that a session runs (the session stays), or long work of this server (operation). First returns a plan with a code. Refuses when the session runs something else by then. For a session that is idle in a transaction use pg_terminate.',
  searchHint: 'kill stop abort running query statement operation pg_cancel_backend',
  risk: 'write',
  input: z.strictObject({
    ...sessionInput.partial().shape,
    operation: z.uuid().optional().describe('handle of long work; not with pid'),
  }),
  output: z.union([signalledOutput, operationOutput]),
  async plan({ operation, pid, expectQuery }, call): Promise<Plan<Observed>> {
    if (operation !== undefined && pid === undefined && expectQuery === undefined)
      return planOperation(operation, call);
    if (operation !== undefined || pid === undefined || expectQuery === undefined)
      throw new ToolError('invalid_input', 'pid: give pid with expectQuery, or operation alone', {
        hint: 'pg_activity shows pids and queries.',
      });
    return planSignal('cancel', { pid, expectQuery }, call);
  },
  async apply({ observed }, { backend, signal, state }) {
    if (!isOperation(observed))
      return outcomeOf('cancel', observed.pid, await backend.signalSession('cancel', observed, signal));
    const { id, status } = await state.operations.cancel(observed.operation);
    return { operation: id, status, verdict: status === 'running' ? ('warning' as const) : ('ok' as const) };
  },
  async settle({ observed }, { backend, signal }) {
    if (isOperation(observed)) return 'unknown';
    const now = await backend.session(observed.pid, signal);
    return isSame(now, observed) && now?.state === 'active' ? 'unknown' : 'yes';
  },
  render(output) {
    if (!('operation' in output)) return renderOutcome('cancel', output);
    const { verdict, operation, status } = output;
    const state = status === 'running' ? 'told to stop, but had not ended after 2 s' : `is ${status}`;
    return `${verdict.toUpperCase()}: operation ${operation} ${state}.`;
  },
});

async function planOperation(
  operation: string,
  { state }: Call<PostgresBackend, PostgresSettings>,
): Promise<Plan<Observed>> {
  const { kind, status } = await state.operations.read(operation);
  return {
    summary: status === 'running' ? `cancel the ${kind} that runs` : `nothing to do: the ${kind} is ${status}`,
    steps: status === 'running' ? [`stop operation ${operation} and remove what it left half done`] : [],
    targets: [{ type: 'operation', id: operation }],
    warnings: [],
    undo: 'start it again',
    observed: { operation },
  };
}

function isOperation(observed: Observed): observed is { readonly operation: string } {
  return 'operation' in observed;
}
