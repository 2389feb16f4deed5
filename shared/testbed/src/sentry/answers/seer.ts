import { isoTime } from '../clock.ts';
import { plainText } from '../text.ts';
import type { JsonRecord, SeerRun } from '../world/model.ts';

const order = ['root_cause', 'solution', 'code_changes', 'open_pr'] as const;
const repository = 'cinecom/cinema';

export type SeerStep = (typeof order)[number];

export function isSeerStep(value: unknown): value is SeerStep {
  return order.some((each) => each === value);
}

export function isUpTo(step: SeerStep, last: string): boolean {
  return order.indexOf(step) <= order.findIndex((each) => each === last);
}

function rootCause(issueType: string): JsonRecord {
  const timeline = {
    title: 'The request arrives',
    code_snippet_and_analysis: 'handle(request)',
    timeline_item_type: 'internal_code',
    is_most_important_event: true,
    relevant_code_file: { file_path: 'src/handler.ts', repo_name: repository },
  };
  return {
    key: 'root_cause_analysis',
    type: 'root_cause_analysis',
    title: 'Root Cause Analysis',
    selection: null,
    causes: [
      {
        id: 0,
        description: `${issueType} is raised because the value is missing.`,
        relevant_repos: [repository],
        root_cause_reproduction: [timeline],
      },
    ],
  };
}

function solution(): JsonRecord {
  const change = { title: 'Add a check', code_snippet_and_analysis: 'if (!value) return;' };
  return {
    key: 'solution',
    type: 'solution',
    title: 'Solution',
    description: 'Check the value before use.',
    solution: [{ ...change, timeline_item_type: 'internal_code' }],
    solution_selected: true,
  };
}

function codeChanges(pullRequest: JsonRecord | undefined): JsonRecord {
  return {
    key: 'changes',
    type: 'changes',
    title: 'Code Changes',
    changes: [
      {
        repo_name: repository,
        repo_external_id: '1',
        title: 'fix: check the value',
        description: 'Checks the value before use.',
        diff: [],
        pull_request: pullRequest ?? null,
      },
    ],
  };
}

function stepOf(run: SeerRun, step: SeerStep): JsonRecord {
  if (step === 'root_cause') return rootCause(run.issue.type);
  return step === 'solution' ? solution() : codeChanges(run.pullRequests[0]);
}

/** What a run that went as far as `last` has to show. */
export function stepsUpTo(run: SeerRun, last: string): JsonRecord[] {
  const steps = order.filter((step) => step !== 'open_pr' && isUpTo(step, last));
  return steps.map((step, index) => ({
    id: `${run.uuid}-${index}`,
    index,
    status: 'COMPLETED',
    progress: [],
    insights: [],
    ...stepOf(run, step),
  }));
}

const artifactKeys: Readonly<Record<string, string>> = { root_cause_analysis: 'root_cause', solution: 'solution' };

/** The newer form: one block a step, with its artifact. */
function blockOf(run: SeerRun, step: JsonRecord): JsonRecord {
  const key = artifactKeys[plainText(step['key'])];
  const data =
    key === 'root_cause'
      ? {
          one_line_description: `${run.issue.type} is raised because the value is missing.`,
          five_whys: ['The value is missing.'],
          reproduction_steps: ['Send a request without the value.'],
          relevant_repo: repository,
          classification: 'code_fix',
        }
      : {
          one_line_summary: 'Check the value before use.',
          steps: [{ title: 'Add a check', description: 'In handle.' }],
        };
  const patch = { path: 'src/handler.ts', type: 'M', added: 1, removed: 0 };
  return {
    id: step['id'],
    message: { role: 'assistant', content: step['title'], tool_calls: null },
    timestamp: isoTime(run.updatedAt),
    loading: false,
    artifacts: key === undefined ? [] : [{ key, data, reason: 'done' }],
    file_patches: key === undefined ? [{ repo_name: repository, patch }] : null,
  };
}

function showBlocks(run: SeerRun): JsonRecord {
  const states = run.pullRequests.map((each) => [
    repository,
    { repo_name: repository, pr_creation_status: 'completed', ...each },
  ]);
  return {
    run_id: run.runId,
    sentry_run_id: run.uuid,
    status: run.status.toLowerCase(),
    updated_at: isoTime(run.updatedAt),
    blocks: run.steps.map((step) => blockOf(run, step)),
    pending_user_input:
      run.status.toLowerCase() === 'awaiting_user_input'
        ? { id: '1', input_type: 'ask_user_question', data: {} }
        : null,
    repo_pr_states: Object.fromEntries(states) as JsonRecord,
    coding_agents: {},
  };
}

export function showSeerRun(run: SeerRun, form: 'steps' | 'blocks'): JsonRecord {
  if (form === 'blocks') return showBlocks(run);
  return {
    run_id: run.runId,
    sentry_run_id: run.uuid,
    status: run.status,
    updated_at: isoTime(run.updatedAt),
    last_triggered_at: isoTime(run.updatedAt),
    completed_at: run.status.toUpperCase() === 'COMPLETED' ? isoTime(run.updatedAt) : null,
    request: { options: { stopping_point: run.stoppingPoint } },
    steps: run.steps,
    codebases: {},
    coding_agents: {},
    pull_requests: run.pullRequests,
    repositories: [
      {
        integration_id: 1,
        url: 'https://github.com/cinecom/cinema',
        external_id: '1',
        name: repository,
        provider: 'integrations:github',
        default_branch: 'main',
        is_readable: true,
        is_writeable: true,
      },
    ],
  };
}

/** What `llmFormat` asks for. */
export function formatSeerRun(run: SeerRun, format: string): JsonRecord {
  const lines = run.steps.flatMap((step) => {
    const causes = Array.isArray(step['causes']) ? (step['causes'] as JsonRecord[]) : [];
    return [
      `## ${String(step['title'])}`,
      ...causes.map((each) => String(each['description'])),
      plainText(step['description']),
    ];
  });
  const text = [`# Seer: ${run.status}`, ...lines].filter((line) => line !== '').join('\n');
  return { format, content: format === 'xml' ? `<seer>${text}</seer>` : text };
}
