import { formatSeerRun, isSeerStep, isUpTo, showSeerRun, stepsUpTo } from '../answers/seer.ts';
import { ApiError } from '../api-error.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { issueOf, requireRecord } from '../scope.ts';
import type { Issue, SeerRun } from '../world/model.ts';
import { createSeerRun } from '../world/usage.ts';

/** A run under way ends by itself when its time has come. */
function settle(call: Call, run: SeerRun): void {
  if (run.completesAt === undefined || call.now < run.completesAt) return;
  if (run.stoppingPoint === 'open_pr' && run.pullRequests.length === 0)
    run.pullRequests = [
      { pr_number: 1, pr_url: 'https://github.com/cinecom/cinema/pull/1', repo_name: 'cinecom/cinema' },
    ];
  run.status = 'COMPLETED';
  run.steps = stepsUpTo(run, run.stoppingPoint);
  run.updatedAt = run.completesAt;
  run.completesAt = undefined;
}

function runOf(call: Call, issue: Issue): SeerRun | undefined {
  const run = call.state.seer.findLast((each) => each.issue === issue);
  if (run) settle(call, run);
  return run;
}

function refuseWhenAbsent(call: Call): void {
  const { refusal } = call.state.seerBehaviour;
  if (refusal) throw new ApiError(refusal.status, refusal.detail);
}

function showState(call: Call): Answer {
  refuseWhenAbsent(call);
  const run = runOf(call, issueOf(call));
  const format = call.query.get('llmFormat');
  return {
    body: {
      autofix: run ? showSeerRun(run, call.state.seerBehaviour.form) : null,
      ...(format !== null && run ? { formatted: formatSeerRun(run, format) } : {}),
    },
  };
}

function namedRun(call: Call, issue: Issue, body: Readonly<Record<string, unknown>>): SeerRun | undefined {
  const [uuid, number] = [body['sentry_run_id'], body['run_id']];
  if (uuid === undefined && number === undefined) return undefined;
  const run = call.state.seer.find((each) => each.issue === issue && (each.uuid === uuid || each.runId === number));
  if (!run) throw new ApiError(404, {});
  settle(call, run);
  return run;
}

function start(call: Call): Answer {
  refuseWhenAbsent(call);
  const issue = issueOf(call);
  const body = requireRecord(call.body ?? {});
  // a stopping point makes Seer begin anew and go on by itself as far as that
  const step = body['stopping_point'] === undefined ? (body['step'] ?? 'root_cause') : 'root_cause';
  if (!isSeerStep(step)) throw new ApiError(400, { step: [`"${JSON.stringify(step)}" is not a valid choice.`] });
  if (issue.issueCategory === 'metric' || issue.runs.length === 0)
    throw new ApiError(400, 'Cannot fix issues without an event.');
  const known = namedRun(call, issue, body);
  if (!known && step === 'open_pr') throw new ApiError(400, 'run_id is required for open_pr');
  const run = known ?? createSeerRun(call.state, issue);
  const wanted = body['stopping_point'];
  run.stoppingPoint = isSeerStep(wanted) && isUpTo(step, wanted) ? wanted : step;
  run.status = 'PROCESSING';
  run.updatedAt = call.now;
  run.completesAt = call.now + call.state.seerBehaviour.durationMs;
  return { status: 202, body: { run_id: run.runId, sentry_run_id: run.uuid } };
}

const template = `${organizationPath}issues/{issue_id}/autofix/`;

export const seerRoutes: readonly Route[] = [
  { method: 'GET', template, scopes: scopes.event, feature: 'seer', handle: showState },
  { method: 'POST', template, scopes: scopes.eventWrite, feature: 'seer', handle: start },
];
