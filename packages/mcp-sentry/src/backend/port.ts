import type { Closable } from '@cinecom/mcp-core';
import type { Access, Capability, CapabilityName } from '../model/access.ts';
import type { Alerts } from '../model/alert.ts';
import type { Ingest } from '../model/ingest.ts';
import type { Issues } from '../model/issue.ts';
import type { Member } from '../model/member.ts';
import type { Monitors } from '../model/monitor.ts';
import type { Queries } from '../model/query.ts';
import type { Releases } from '../model/release.ts';
import type { Organization, Project } from '../model/scope.ts';
import type { Seer } from '../model/seer.ts';
import type { Traces } from '../model/trace.ts';
import type { Usage } from '../model/usage.ts';
import type { Cleaning } from './redaction.ts';

/** All that tools know of Sentry. Every method rejects with a ToolError. */
export interface SentryBackend extends Closable {
  /** Base address without credentials, its path kept, no slash at its end. */
  readonly url: string;
  organizations(signal: AbortSignal): Promise<readonly Organization[]>;
  /** All that the token sees, scope lists not applied. */
  projects(organization: string, signal: AbortSignal): Promise<readonly Project[]>;
  /** `isWhole` false: there are more. */
  members(
    organization: string,
    signal: AbortSignal,
  ): Promise<{ readonly members: readonly Member[]; readonly isWhole: boolean }>;
  access(signal: AbortSignal): Promise<Access>;
  /** Probed once an hour. */
  capability(organization: string, name: CapabilityName, signal: AbortSignal): Promise<Capability>;
  /** Waits between two looks; rejects when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  readonly issues: Issues;
  readonly queries: Queries;
  readonly releases: Releases;
  readonly monitors: Monitors;
  readonly alerts: Alerts;
  readonly usage: Usage;
  readonly traces: Traces;
  readonly seer: Seer;
  readonly ingest: Ingest;
  readonly cleaning: Cleaning;
}
