import { isSame } from '../analysis/signalling.ts';
import { defineTool } from '../tool.ts';
import { outcomeOf, planSignal, renderOutcome, sessionInput, signalledOutput } from './session-plan.ts';

export const terminate = defineTool({
  name: 'pg_terminate',
  title: 'End a session',
  description:
    'Ends one session: its open transaction is rolled back, its locks are released, its client is disconnected. For the root of a lock chain or a forgotten transaction. First returns a plan with a code. Refuses when the session runs something else by then.',
  searchHint: 'kill session connection pg_terminate_backend blocking lock idle in transaction',
  risk: 'destructive',
  input: sessionInput,
  output: signalledOutput,
  plan: (input, call) => planSignal('terminate', input, call),
  apply: async ({ observed }, { backend, signal }) =>
    outcomeOf('terminate', observed.pid, await backend.signalSession('terminate', observed, signal)),
  settle: async ({ observed }, { backend, signal }) =>
    isSame(await backend.session(observed.pid, signal), observed) ? 'unknown' : 'yes',
  render: (output) => renderOutcome('terminate', output),
});
