import type { Features } from './types.ts';
import type { Organization, Project } from './world/model.ts';
import type { State } from './world/state.ts';

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler is given; all strings are decoded. */
export interface Call {
  readonly state: State;
  readonly features: Features;
  readonly isSaas: boolean;
  /** http(s)://127.0.0.1:PORT + base path */
  readonly baseUrl: string;
  readonly scopes: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** the full path as it came, for links */
  readonly path: string;
  /** UTC ms */
  readonly now: number;
  /** of the path; a route without one must not read it */
  readonly organization: Organization;
  /** of the path; a route without one must not read it */
  readonly project: Project;
  report(violation: string): void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** as in the API document */
  readonly template: string;
  /** any of them allows the call */
  readonly scopes: readonly string[];
  /** absent when the server lacks it */
  readonly feature?: keyof Features;
  /** a route the API document leaves out, but clients need */
  readonly undocumented?: boolean;
  handle(call: Call): Answer;
}

export const organizationPath = '/api/0/organizations/{organization_id_or_slug}/';
export const projectPath = '/api/0/projects/{organization_id_or_slug}/{project_id_or_slug}/';

export const scopes = {
  organization: ['org:read', 'org:write', 'org:admin'],
  project: ['project:read', 'project:write', 'project:admin'],
  event: ['event:read', 'event:write', 'event:admin'],
  eventWrite: ['event:write', 'event:admin'],
  alerts: ['alerts:read', 'org:read', 'org:write', 'org:admin'],
  alertsWrite: ['alerts:write', 'org:write', 'org:admin'],
  monitor: ['alerts:read', 'alerts:write', 'project:read', 'project:write', 'project:admin'],
  release: ['project:read', 'project:write', 'project:admin', 'project:releases', 'org:ci'],
  member: ['member:read', 'member:write', 'member:admin'],
  integrations: ['org:read', 'org:write', 'org:admin', 'org:integrations'],
} as const;

/** Absolute, for `permalink` and the like. */
export function webUrl(call: Call, path: string): string {
  return `${call.baseUrl}/organizations/${call.organization.slug}/${path}`;
}
