import type { Scope, Span } from './scope.ts';

export interface Release {
  readonly version: string;
  readonly shortVersion: string | undefined;
  readonly createdAt: number | undefined;
  readonly releasedAt: number | undefined;
  readonly firstEventAt: number | undefined;
  readonly newIssues: number | undefined;
  readonly commits: number | undefined;
  readonly projects: readonly string[];
}

export interface Deploy {
  readonly environment: string | undefined;
  readonly finishedAt: number | undefined;
  readonly name: string | undefined;
}

export interface Commit {
  readonly id: string;
  readonly message: string | undefined;
  readonly author: string | undefined;
  readonly at: number | undefined;
}

export interface CommitFile {
  readonly path: string;
  /** `A`, `M`, `D`. */
  readonly change: string | undefined;
  readonly author: string | undefined;
  readonly message: string | undefined;
  readonly repository: string | undefined;
}

/** Sessions of one group over a span. */
export interface SessionCount {
  readonly release: string | undefined;
  readonly project: string | undefined;
  readonly sessions: number;
  /** 0–1; undefined without sessions. */
  readonly crashFree: number | undefined;
}

export interface Releases {
  /** Newest first. @param options.query part of a version */
  list(
    scope: Scope,
    options: { readonly query?: string; readonly limit: number },
    signal: AbortSignal,
  ): Promise<readonly Release[]>;
  /** @throws ToolError `backend_not_found` */
  find(scope: Scope, version: string, signal: AbortSignal): Promise<Release>;
  deploys(scope: Scope, version: string, signal: AbortSignal): Promise<readonly Deploy[]>;
  commits(scope: Scope, version: string, signal: AbortSignal): Promise<readonly Commit[]>;
  commitFiles(scope: Scope, version: string, signal: AbortSignal): Promise<readonly CommitFile[]>;
  /** @param options.by what groups; @param options.span is widened to whole hours */
  sessions(
    scope: Scope,
    options: { readonly by: 'release' | 'project'; readonly span: Span; readonly query?: string },
    signal: AbortSignal,
  ): Promise<readonly SessionCount[]>;
}
