import type { SeerRun } from '../../model/seer.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf, textsOf, timeOf } from './read.ts';

/** A run of any generation's answer; undefined where there is none yet. */
export function seerRunOf(body: unknown): SeerRun | undefined {
  const answer = fieldsOf(body);
  const told = fieldsOf(answer['autofix']);
  if (Object.keys(told).length === 0) return undefined;
  const steps = [...listOf(told['steps']), ...listOf(told['blocks'])].map(fieldsOf);
  return {
    runId: textOf(told['sentry_run_id']),
    numericRunId: numberOf(told['run_id']),
    status: (textOf(told['status']) ?? 'unknown').toLowerCase(),
    updatedAt: timeOf(told['updated_at']) ?? timeOf(told['last_triggered_at']),
    text: textOf(fieldsOf(answer['formatted'])['content']),
    steps: steps.map((step) => ({
      key: textOf(step['key']) ?? textOf(step['type']) ?? 'unknown',
      title: textOf(step['title']),
      status: textOf(step['status'])?.toLowerCase(),
    })),
    pullRequests: pullRequestsOf(told, steps),
    repositories: repositoriesOf(told),
    question: questionOf(told, steps),
  };
}

function pullRequestsOf(told: Fields, steps: readonly Fields[]): readonly string[] {
  const changes = steps.flatMap((step) => listOf(step['changes'])).map(fieldsOf);
  const nested = changes.flatMap((change) => textOf(fieldsOf(change['pull_request'])['pr_url']) ?? []);
  const states = Object.values(fieldsOf(told['repo_pr_states'])).map(fieldsOf);
  return [...new Set([...nested, ...states.flatMap((state) => textOf(state['pr_url']) ?? [])])];
}

function repositoriesOf(told: Fields): readonly string[] {
  const request = fieldsOf(told['request']);
  const named = listOf(request['repos'])
    .map(fieldsOf)
    .flatMap((repository) => {
      const [owner, name] = [textOf(repository['owner']), textOf(repository['name'])];
      return name === undefined ? [] : [owner === undefined || name.includes('/') ? name : `${owner}/${name}`];
    });
  return named.length > 0 ? named : textsOf(Object.keys(fieldsOf(told['codebases'])));
}

function questionOf(told: Fields, steps: readonly Fields[]): string | undefined {
  const pending = fieldsOf(told['pending_user_input']);
  const asked = steps.map((step) => fieldsOf(step['active_comment_thread'])).at(-1);
  return (
    textOf(pending['question']) ??
    textOf(fieldsOf(pending['data'])['question']) ??
    textOf(fieldsOf(listOf(asked?.['messages']).at(-1))['content'])
  );
}
