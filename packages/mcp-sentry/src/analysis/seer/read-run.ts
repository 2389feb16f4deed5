import type { SeerRun } from '../../model/seer.ts';
import { fieldsOf, listOf, numberOf, textOf, timeOf } from '../../model/told.ts';
import { patchesOf, runText } from './run-text.ts';

/**
 * A run as any generation of the autofix answer has it: with `steps` (key, type, title, status), or with `blocks` and
 * their artifacts. All that is missing or of another type is left out; nothing throws.
 *
 * @param answer body of the answer: `{ autofix, formatted? }`
 * @returns undefined where there is no run
 * @see `AutofixState` and the endpoint `group_ai_autofix.py` of Sentry
 */
export function readRun(answer: unknown): SeerRun | undefined {
  const body = fieldsOf(answer);
  const autofix = fieldsOf(body['autofix']);
  if (Object.keys(autofix).length === 0) return undefined;
  const formatted = textOf(fieldsOf(body['formatted'])['content']);
  const steps = stepsOf(autofix);
  const states = Object.values(fieldsOf(autofix['repo_pr_states'])).map(fieldsOf);
  return {
    runId: textOf(autofix['sentry_run_id']) ?? textOf(autofix['sentryRunId']),
    numericRunId: numberOf(autofix['run_id']) ?? numberOf(autofix['runId']),
    status: (textOf(autofix['status']) ?? 'unknown').toLowerCase(),
    updatedAt: timeOf(autofix['updated_at']) ?? timeOf(autofix['updatedAt']),
    text: formatted ?? runText(autofix),
    steps,
    pullRequests: pullRequestsOf(autofix),
    isMakingPullRequest: states.some((state) => textOf(state['pr_creation_status'])?.toLowerCase() === 'creating'),
    pullRequestError: states.map((state) => textOf(state['pr_creation_error'])).find((text) => text !== undefined),
    repositories: repositoriesOf(autofix),
    question: questionOf(autofix),
  };
}

function stepsOf(autofix: Readonly<Record<string, unknown>>): SeerRun['steps'] {
  const steps = listOf(autofix['steps']).map((one) => {
    const step = fieldsOf(one);
    return {
      key: textOf(step['key']) ?? textOf(step['type']) ?? 'unknown',
      title: textOf(step['title']),
      status: textOf(step['status'])?.toLowerCase(),
    };
  });
  if (steps.length > 0) return steps;
  // an artifact is written once its step is done
  const made = listOf(autofix['blocks']).flatMap((block) =>
    listOf(fieldsOf(block)['artifacts']).flatMap((one) => {
      const artifact = fieldsOf(one);
      const key = textOf(artifact['key']);
      if (key === undefined) return [];
      return [{ key, title: undefined, status: isFilled(artifact['data']) ? 'completed' : 'processing' }];
    }),
  );
  // code has no artifact: its patches come one by one, and are all once the run is completed
  if (patchesOf(autofix).length === 0) return made;
  return [...made, { key: 'code_changes', title: undefined, status: textOf(autofix['status'])?.toLowerCase() }];
}

function isFilled(value: unknown): boolean {
  return Object.keys(fieldsOf(value)).length > 0;
}

function pullRequestsOf(autofix: Readonly<Record<string, unknown>>): readonly string[] {
  const ofRepositories = Object.values(fieldsOf(autofix['repo_pr_states'])).map((state) => fieldsOf(state)['pr_url']);
  const ofChanges = listOf(autofix['steps'])
    .flatMap((step) => listOf(fieldsOf(step)['changes']))
    .map((change) => {
      const pull = fieldsOf(fieldsOf(change)['pull_request']);
      return pull['pr_url'] ?? pull['url'];
    });
  const ofAgents = Object.values(fieldsOf(autofix['coding_agents']))
    .flatMap((agent) => listOf(fieldsOf(agent)['results']))
    .map((result) => fieldsOf(result)['pr_url']);
  return unique([...ofRepositories, ...ofChanges, ...ofAgents]);
}

function repositoriesOf(autofix: Readonly<Record<string, unknown>>): readonly string[] {
  const asked = listOf(fieldsOf(autofix['request'])['repos']).map((one) => {
    const { owner, name } = fieldsOf(one);
    return textOf(owner) === undefined ? name : `${textOf(owner)}/${textOf(name) ?? ''}`;
  });
  const known = listOf(autofix['repositories']).map((one) => fieldsOf(one)['name']);
  const patched = patchesOf(autofix).map((patch) => patch['repo_name']);
  return unique([...asked, ...known, ...patched, ...Object.keys(fieldsOf(autofix['repo_pr_states']))]);
}

function questionOf(autofix: Readonly<Record<string, unknown>>): string | undefined {
  const pending = fieldsOf(autofix['pending_user_input']);
  const data = fieldsOf(pending['data']);
  const asked = listOf(data['questions']).map((one) => textOf(fieldsOf(one)['question']) ?? textOf(one));
  const first = [textOf(data['question']), ...asked, textOf(data['message'])].find((text) => text !== undefined);
  if (first !== undefined) return first;
  const waiting = listOf(autofix['steps'])
    .map(fieldsOf)
    .findLast(({ status }) => /need_more|waiting|awaiting/i.test(textOf(status) ?? ''));
  const thread = listOf(fieldsOf(waiting?.['active_comment_thread'])['messages']).map(fieldsOf);
  return textOf(thread.at(-1)?.['content']) ?? textOf(waiting?.['question']);
}

function unique(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.map(textOf).filter((text) => text !== undefined))];
}
