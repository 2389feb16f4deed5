import { isToolError, ToolError } from '@cinecom/mcp-core';
import { readRun } from '../../analysis/seer/read-run.ts';
import type { Seer } from '../../model/seer.ts';
import type { SentryApi } from '../http/api.ts';
import { fieldsOf, listOf, numberOf, textOf } from '../../model/told.ts';

const mostRepositories = 500;

export function createSeer(api: SentryApi): Seer {
  return {
    async state({ organization }, issue, signal) {
      const query = new URLSearchParams({ llmFormat: 'markdown' });
      const { body } = await there(() => api.get('autofix', { organization, issue }, query, signal));
      return readRun(body);
    },
    async start({ organization }, issue, { step, stoppingPoint, context, runId }, signal) {
      const json = {
        step,
        // with a stopping point Sentry begins at the root cause again, whatever step is asked for
        ...(step === 'root_cause' ? { stopping_point: stoppingPoint } : {}),
        ...(context === undefined ? {} : { user_context: context }),
        ...(runId === undefined ? {} : { sentry_run_id: runId }),
      };
      const { body } = await there(
        () => api.change('startAutofix', { organization, issue }, new URLSearchParams(), json, signal),
        runId !== undefined,
      );
      const told = fieldsOf(body);
      return { runId: textOf(told['sentry_run_id']), numericRunId: numberOf(told['run_id']) };
    },
    async repositories({ organization }, signal) {
      const all = await api.all('repositories', { organization }, new URLSearchParams(), mostRepositories, signal);
      return listOf(all).flatMap((item) => textOf(fieldsOf(item)['name']) ?? []);
    },
  };
}

const without = 'sentry_root_cause finds evidence without it.';

/** Not there, not allowed, not enabled: a Sentry without Seer says each of them. @param goesOn with a run that may be gone */
async function there<Value>(ask: () => Promise<Value>, goesOn = false): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (!isToolError(error)) throw error;
    const told = {
      ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
      applied: 'no',
      cause: error,
    } as const;
    // the only refusal that Sentry gives with 402
    if (error.applied === 'no' && /no budget/i.test(error.backendText ?? '')) {
      throw new ToolError('backend_unsupported', 'Seer has no budget left in this organisation', {
        hint: `It is set in Sentry, under subscription. ${without}`,
        ...told,
      });
    }
    if (error.code === 'backend_not_found' && goesOn) {
      throw new ToolError('backend_not_found', 'Seer does not know the run to go on with any more', {
        hint: 'Start anew with step root_cause.',
        ...told,
      });
    }
    if (error.code !== 'backend_not_found' && error.code !== 'backend_forbidden') throw error;
    const scope = error.code === 'backend_forbidden' && error.hint !== undefined ? ` ${error.hint}` : '';
    throw new ToolError(
      'backend_unsupported',
      'Seer is not there for this issue: absent, not enabled, or not allowed',
      { hint: `${without}${scope}`, ...told },
    );
  }
}
