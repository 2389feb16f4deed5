import { isSame } from '../analysis/signalling.ts';
import { defineTool } from '../tool.ts';
import { outcomeOf, planSignal, renderOutcome, sessionInput, signalledOutput } from './session-plan.ts';

export const cancel = defineTool({
  name: 'pg_cancel',
  title: 'Cancel a statement',
  description:
    'Cancels the statement that a session runs; the session and its connection stay. First returns a plan with a code; nothing happens before it is confirmed. Refuses when the session runs something else by then. For a session that is idle in a transaction use pg_terminate.',
  searchHint: 'kill stop abort running query statement pg_cancel_backend',
  risk: 'write',
  input: sessionInput,
  output: signalledOutput,
  plan: (input, call) => planSignal('cancel', input, call),
  apply: async ({ observed }, { backend, signal }) =>
    outcomeOf('cancel', observed.pid, await backend.signalSession('cancel', observed, signal)),
  async settle({ observed }, { backend, signal }) {
    const now = await backend.session(observed.pid, signal);
    return isSame(now, observed) && now?.state === 'active' ? 'unknown' : 'yes';
  },
  render: (output) => renderOutcome('cancel', output),
});
