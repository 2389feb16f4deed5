import { isoTime } from '../clock.ts';
import { plainText } from '../text.ts';
import type { JsonRecord, SeerRun } from '../world/model.ts';

const order = ['root_cause', 'solution', 'code_changes', 'open_pr'] as const;
export type SeerStep = (typeof order)[number];

export function isSeerStep(value: unknown): value is SeerStep {
  return order.some((each) => each === value);
}

export function isUpTo(step: SeerStep, last: string): boolean {
  return order.indexOf(step) <= order.findIndex((each) => each === last);
}

function stepOf(run: SeerRun, step: SeerStep, index: number): JsonRecord {
  const { issue } = run;
  const common = { index, status: 'COMPLETED', progress: [], insights: [], id: `${run.uuid}-${index}` };
  switch (step) {
    case 'root_cause':
      return {
        ...common,
        key: 'root_cause_analysis',
        type: 'root_cause_analysis',
        title: 'Root Cause Analysis',
        causes: [
          {
            id: 0,
            description: `${issue.type} is raised because the value is missing.`,
            relevant_repos: ['cinecom/cinema'],
            root_cause_reproduction: [
              {
                title: 'The request arrives',
                code_snippet_and_analysis: 'handle(request)',
                timeline_item_type: 'internal_code',
                is_most_important_event: true,
                relevant_code_file: { file_path: 'src/handler.ts', repo_name: 'cinecom/cinema' },
              },
            ],
          },
        ],
        selection: null,
      };
    case 'solution':
      return {
        ...common,
        key: 'solution',
        type: 'solution',
        title: 'Solution',
        description: 'Check the value before use.',
        solution: [
          {
            title: 'Add a check',
            code_snippet_and_analysis: 'if (!value) return;',
            timeline_item_type: 'internal_code',
          },
        ],
        solution_selected: true,
      };
    case 'code_changes':
    case 'open_pr':
    default:
      return {
        ...common,
        key: 'changes',
        type: 'changes',
        title: 'Code Changes',
        changes: [
          {
            repo_name: 'cinecom/cinema',
            repo_external_id: '1',
            title: 'fix: check the value',
            description: 'Checks the value before use.',
            diff: [],
            pull_request: run.pullRequests[0] ?? null,
          },
        ],
      };
  }
}

/** What a run that went as far as `last` has to show. */
export function stepsUpTo(run: SeerRun, last: string): JsonRecord[] {
  const steps = order.filter((step) => step !== 'open_pr' && isUpTo(step, last));
  return steps.map((step, index) => stepOf(run, step, index));
}

export function showSeerRun(run: SeerRun): JsonRecord {
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
        name: 'cinecom/cinema',
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
