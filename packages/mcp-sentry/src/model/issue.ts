import type { EventRow, SentryEvent } from './event.ts';
import type { Scope, Span } from './scope.ts';

/** An issue as far as it is told: every version leaves something out. Times are UTC ms. */
export interface Issue {
  readonly id: string;
  /** Short id, `MOVIE-SERVICE-1A`; the numeric id where none is told. */
  readonly shortId: string;
  readonly title: string | undefined;
  readonly culprit: string | undefined;
  readonly level: string | undefined;
  readonly status: string | undefined;
  /** `new`, `ongoing`, `escalating`, `regressed`, `archived_until_…`. */
  readonly substatus: string | undefined;
  readonly priority: string | undefined;
  readonly projectId: string | undefined;
  readonly project: string | undefined;
  readonly platform: string | undefined;
  readonly issueType: string | undefined;
  readonly issueCategory: string | undefined;
  readonly isUnhandled: boolean | undefined;
  readonly events: number | undefined;
  readonly users: number | undefined;
  readonly firstSeen: number | undefined;
  readonly lastSeen: number | undefined;
  /** Name of the person or team. */
  readonly assignee: string | undefined;
  /** `user:1`, `team:2`, as a change takes it. */
  readonly assigneeKey: string | undefined;
  readonly hasSeen: boolean | undefined;
  readonly comments: number | undefined;
  readonly exceptionType: string | undefined;
  readonly exceptionValue: string | undefined;
  readonly file: string | undefined;
  readonly function: string | undefined;
  readonly firstRelease: string | undefined;
  readonly lastRelease: string | undefined;
  readonly owners: readonly string[];
  /** Of `statusDetails`: `inRelease`, `ignoreCount`, … in words and numbers. */
  readonly statusDetails: Readonly<Record<string, string>>;
}

export interface IssuePage {
  readonly issues: readonly Issue[];
  /** Of the hits header; undefined where it is not told. */
  readonly total: number | undefined;
  readonly cursor: string | undefined;
}

export type IssueSort = 'date' | 'freq' | 'new' | 'recommended' | 'trends' | 'user' | 'inbox';

/** What a PUT may change; every field left out stays. */
export interface IssueChange {
  readonly status?: 'resolved' | 'unresolved' | 'ignored' | 'resolvedInNextRelease';
  readonly statusDetails?: Readonly<Record<string, string | number | boolean>>;
  readonly substatus?: 'archived_until_escalating' | 'archived_until_condition_met' | 'archived_forever';
  readonly priority?: 'low' | 'medium' | 'high';
  readonly assignedTo?: string;
  readonly hasSeen?: boolean;
}

export interface TagValue {
  readonly value: string;
  readonly count: number;
}

export interface ExternalLink {
  readonly name: string;
  readonly url: string;
}

export interface Issues {
  /** Always sends `query`, also an empty one: left out, a hidden default applies. */
  search(
    scope: Scope,
    options: {
      readonly query: string;
      readonly sort?: IssueSort;
      readonly limit: number;
      readonly cursor?: string | undefined;
      readonly span?: Span | undefined;
    },
    signal: AbortSignal,
  ): Promise<IssuePage>;
  /**
   * By numeric id, short id, or address of the configured host.
   * @throws ToolError `backend_not_found`, `invalid_input` for another form or host, `out_of_scope` for another project
   */
  find(scope: Scope, reference: string, signal: AbortSignal): Promise<Issue>;
  /** @param which `latest`, `oldest`, `recommended` or an event id. @returns undefined where there is none (any more) */
  event(scope: Scope, issueId: string, which: string, signal: AbortSignal): Promise<SentryEvent | undefined>;
  events(scope: Scope, issueId: string, limit: number, signal: AbortSignal): Promise<readonly EventRow[]>;
  tagValues(scope: Scope, issueId: string, key: string, signal: AbortSignal): Promise<readonly TagValue[]>;
  externalLinks(scope: Scope, issueId: string, signal: AbortSignal): Promise<readonly ExternalLink[]>;
  /**
   * Says nothing of what was changed: issues outside of the scope's projects stay as they are, and Sentry does not tell.
   * @param scope of the projects of the issues, since all of them are asked whether they take the change
   * @param ids 1–25 numeric ids, always sent: without them a PUT changes every issue. @throws ToolError
   */
  change(scope: Scope, ids: readonly string[], change: IssueChange, signal: AbortSignal): Promise<void>;
  /** The event, once it is visible, and the issue that it fell into. */
  eventOfProject(
    organization: string,
    project: string,
    eventId: string,
    signal: AbortSignal,
  ): Promise<SentryEvent | undefined>;
  issueOfEvent(organization: string, eventId: string, signal: AbortSignal): Promise<string | undefined>;
}
