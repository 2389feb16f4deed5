import type { Issue } from './model.ts';
import type { Run } from './rows.ts';

export interface Frame {
  readonly filename: string;
  readonly function?: string;
  readonly module?: string;
  readonly lineNo?: number;
  readonly inApp?: boolean;
  /** lines around, as [number, text] */
  readonly context?: readonly (readonly [number, string])[];
}

export interface Exception {
  readonly type: string;
  readonly value: string;
  readonly frames?: readonly Frame[];
  readonly handled?: boolean;
}

export interface Breadcrumb {
  readonly type?: string;
  readonly category?: string;
  readonly level?: string;
  readonly message?: string;
  /** UTC ms */
  readonly at?: number;
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface EventUser {
  readonly id?: string;
  readonly email?: string;
  readonly username?: string;
  readonly ip_address?: string;
}

/** What an event holds besides its fields; shared by all events of a run. */
export interface EventDetail {
  readonly frames?: readonly Frame[];
  /** outermost cause last, as Sentry orders them; overrides `frames` */
  readonly exceptions?: readonly Exception[];
  readonly breadcrumbs?: readonly Breadcrumb[];
  readonly request?: Readonly<Record<string, unknown>>;
  readonly user?: EventUser;
  readonly contexts?: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export interface IssueRun extends Run {
  readonly issue: Issue;
  readonly detail: EventDetail;
  readonly tags: ReadonlyMap<string, string>;
  /** place of the event with this id; -1 when it is not in the run */
  indexOf(id: string): number;
}
