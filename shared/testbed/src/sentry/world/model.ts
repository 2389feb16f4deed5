import type { EventDetail, IssueRun } from './event-detail.ts';

export interface Organization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly regionUrl: string | undefined;
}

export interface Team {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly organization: Organization;
  readonly members: readonly string[];
}

export interface Member {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly organization: Organization;
}

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly platform: string | null;
  readonly organization: Organization;
  readonly teams: string[];
  readonly environments: Set<string>;
  readonly dateCreated: number;
  /** false: the token sees nothing of it, asking for it is 403 */
  readonly visible: boolean;
  readonly isJoined: boolean;
  ownership: string | undefined;
  filters: Record<string, boolean | readonly string[]>;
  issueCount: number;
}

export interface Key {
  readonly id: string;
  readonly name: string;
  readonly publicKey: string;
  readonly secretKey: string;
  readonly project: Project;
  readonly dateCreated: number;
  isActive: boolean;
  rateLimit: { readonly window: number; readonly count: number } | null;
}

export type Level = 'sample' | 'debug' | 'info' | 'warning' | 'error' | 'fatal' | 'unknown';
export type Priority = 'low' | 'medium' | 'high';
export type Status = 'resolved' | 'ignored' | 'unresolved';
export type Substatus =
  | 'archived_until_escalating'
  | 'archived_until_condition_met'
  | 'archived_forever'
  | 'escalating'
  | 'ongoing'
  | 'regressed'
  | 'new';

export interface Assignee {
  readonly type: 'user' | 'team';
  readonly id: string;
  readonly name: string;
  readonly email?: string;
}

export interface Activity {
  readonly type: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface ExternalIssue {
  readonly displayName: string;
  readonly webUrl: string;
  readonly serviceType?: string;
}

export interface Issue {
  readonly id: string;
  readonly shortId: string;
  readonly project: Project;
  readonly title: string;
  readonly type: string;
  readonly value: string;
  readonly culprit: string;
  readonly issueType: string;
  readonly issueCategory: string;
  readonly isUnhandled: boolean;
  readonly fingerprint: string;
  readonly runs: IssueRun[];
  readonly activity: Activity[];
  readonly external: ExternalIssue[];
  readonly detail: EventDetail;
  level: Level;
  priority: Priority | null;
  status: Status;
  substatus: Substatus | null;
  statusDetails: Record<string, unknown>;
  firstSeen: number | undefined;
  lastSeen: number | undefined;
  firstRelease: string | undefined;
  assignedTo: Assignee | null;
  hasSeen: boolean;
  isBookmarked: boolean;
  comments: number;
  userReports: number;
}

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  readonly dateCreated: number;
  readonly files: readonly string[];
}

export interface Deploy {
  readonly id: string;
  readonly environment: string;
  readonly dateStarted: number | undefined;
  readonly dateFinished: number;
  readonly name: string;
}

export interface Release {
  readonly id: string;
  readonly version: string;
  readonly organization: Organization;
  readonly projects: Project[];
  /** of the first event of an implicit release */
  dateCreated: number;
  dateReleased: number | undefined;
  /** known only by the events that name it */
  isImplicit: boolean;
  readonly commits: Commit[];
  readonly deploys: Deploy[];
}

/** One hour of sessions. */
export interface SessionHour {
  readonly project: Project;
  readonly release: string;
  readonly environment: string;
  readonly at: number;
  readonly sessions: number;
  readonly crashed: number;
  readonly users: number;
}

export interface Checkin {
  readonly id: string;
  readonly at: number;
  readonly status: 'ok' | 'error' | 'missed' | 'timeout' | 'in_progress' | 'unknown';
  readonly durationMs: number | null;
  readonly environment: string;
}

export interface Monitor {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly project: Project;
  readonly schedule: string | readonly [number, string];
  readonly marginMinutes: number;
  readonly maxRuntimeMinutes: number;
  readonly timezone: string;
  readonly dateCreated: number;
  readonly environment: string;
  readonly checkins: Checkin[];
  nextCheckIn: number | undefined;
  state: 'active' | 'disabled';
  muted: boolean;
  owner: Assignee | null;
}

/** Kept as the server gives it: camelCase, ids filled in. */
export type JsonRecord = Record<string, unknown>;

export interface Stored {
  readonly organization: Organization;
  readonly body: JsonRecord;
}

export interface Outcome {
  readonly project: Project;
  readonly outcome: string;
  readonly reason: string;
  readonly category: string;
  readonly quantity: number;
  readonly at: number;
}

export interface Integration {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly organization: Organization;
  readonly domainName: string | null;
}

export interface SeerRun {
  readonly runId: number;
  readonly uuid: string;
  readonly issue: Issue;
  status: string;
  steps: JsonRecord[];
  updatedAt: number;
  /** UTC ms when a run under way completes by itself; undefined: only `setSeer` moves it */
  completesAt: number | undefined;
  stoppingPoint: string;
  pullRequests: JsonRecord[];
}
