import type { Scope } from './scope.ts';

export const seerSteps = ['root_cause', 'solution', 'code_changes', 'open_pr'] as const;
export type SeerStep = (typeof seerSteps)[number];

/** What Seer has said of an issue. */
export interface SeerRun {
  /** uuid; undefined where an older server tells the number only. */
  readonly runId: string | undefined;
  readonly numericRunId: number | undefined;
  /** As told, in lower case: `processing`, `need_more_information`, `awaiting_user_input`, `completed`, `error`, … */
  readonly status: string;
  readonly updatedAt: number | undefined;
  /** Markdown of the server, or put together of the steps. */
  readonly text: string | undefined;
  readonly steps: readonly {
    readonly key: string;
    readonly title: string | undefined;
    readonly status: string | undefined;
  }[];
  readonly pullRequests: readonly string[];
  /** Sentry makes them after it has said that the run is completed. */
  readonly isMakingPullRequest: boolean;
  /** Why one could not be made. */
  readonly pullRequestError: string | undefined;
  readonly repositories: readonly string[];
  /** What it asks, where it waits for an answer. */
  readonly question: string | undefined;
}

export interface Seer {
  /** @returns undefined where there is no run yet. @throws ToolError `backend_unsupported` where Seer is absent or off */
  state(scope: Scope, issueId: string, signal: AbortSignal): Promise<SeerRun | undefined>;
  /** Starts or goes on; returns at once. @throws ToolError `backend_unsupported` */
  start(
    scope: Scope,
    issueId: string,
    request: {
      readonly step: SeerStep;
      readonly stoppingPoint: SeerStep;
      readonly context?: string | undefined;
      readonly runId?: string | undefined;
    },
    signal: AbortSignal,
  ): Promise<{ readonly runId: string | undefined; readonly numericRunId: number | undefined }>;
  /** Names of the repositories that the organisation has connected. */
  repositories(scope: Scope, signal: AbortSignal): Promise<readonly string[]>;
}
