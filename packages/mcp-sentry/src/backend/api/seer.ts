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
      const { body } = await there(() =>
        api.change('startAutofix', { organization, issue }, new URLSearchParams(), json, signal),
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

/** Not there, not allowed, not enabled: a Sentry without Seer says each of them. */
async function there<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (!isToolError(error) || !/^backend_(not_found|forbidden)$/.test(error.code)) throw error;
    throw new ToolError(
      'backend_unsupported',
      'Seer is not there for this issue: absent, not enabled, or not allowed',
      {
        hint: 'sentry_root_cause finds evidence without it.',
        ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
        applied: 'no',
        cause: error,
      },
    );
  }
}
