import { counted, duration } from '@cinecom/mcp-core';
import type { Monitor } from '../../model/monitor.ts';
import type { Evidence, Score } from './evidence.ts';

const healthy = new Set(['ok', 'active', 'disabled', 'pending_deletion', 'deletion_in_progress']);
const nearMs = 6 * 3_600_000;
const namedMonitors = 3;

export interface MonitorReading {
  readonly evidence: readonly Evidence[];
  /** Failing at the time, of projects that nothing links to the issue: no evidence, but worth a look. */
  readonly remark: string | undefined;
}

/**
 * A monitor that failed when the issue began: 2 where it began to fail at most 6 h before, 1 where it failed longer or
 * since when is not told. What began to fail after the issue is no cause of it. Muted ones count: they fail all the same.
 * Those of other projects count only where the trace of the event passed through the project.
 *
 * @param linked slugs of projects of the trace
 */
export function missingUpstream(
  own: {
    readonly onset: number | undefined;
    readonly project: string | undefined;
    readonly linked: ReadonlySet<string>;
  },
  monitors: readonly Monitor[],
): MonitorReading {
  const failing = monitors.flatMap((monitor) => failureOf(monitor, own.onset) ?? []);
  const isLinked = ({ monitor: { project } }: Failure): boolean =>
    project !== undefined && (project === own.project || own.linked.has(project));
  const strange = failing.filter((one) => !isLinked(one));
  return {
    evidence: failing.filter(isLinked).map((one) => evidenceOf(one, own.project)),
    remark: strange.length === 0 ? undefined : remarkOf(strange),
  };
}

interface Failure {
  readonly monitor: Monitor;
  readonly statuses: string;
  /** From its first failure to the beginning of the issue, ms. */
  readonly lead: number | undefined;
}

/** undefined: does not fail, or only since the issue is there. */
function failureOf(monitor: Monitor, onset: number | undefined): Failure | undefined {
  const failing = monitor.environments.filter(({ status }) => status !== undefined && !healthy.has(status));
  const since = failing.map(({ incidentSince }) => incidentSince).filter((at) => at !== undefined);
  const first = since.length === 0 ? undefined : Math.min(...since);
  if (failing.length === 0) return undefined;
  if (first !== undefined && onset !== undefined && first > onset) return undefined;
  const lead = first === undefined || onset === undefined ? undefined : onset - first;
  return { monitor, statuses: [...new Set(failing.map(({ status }) => status))].join(', '), lead };
}

function evidenceOf({ monitor, statuses, lead }: Failure, ownProject: string | undefined): Evidence {
  const { project, slug } = monitor;
  const score: Score = lead !== undefined && lead <= nearMs ? 2 : 1;
  const isOther = project !== undefined && project !== ownProject;
  const when = lead === undefined ? ', since when is not told' : `, since ${duration(lead)} before the issue began`;
  const link = isOther ? `; the trace of the event passed through ${project}` : '';
  return {
    kind: 'monitor',
    suspect: isOther ? { kind: 'upstream', key: project } : { kind: 'job', key: slug },
    score,
    words: `monitor ${slug} fails (${statuses})${when}${link}`,
  };
}

function remarkOf(failing: readonly Failure[]): string {
  const named = failing
    .slice(0, namedMonitors)
    .map(({ monitor: { slug, project } }) => (project === undefined ? slug : `${slug} of ${project}`))
    .join(', ');
  const more = failing.length > namedMonitors ? ` and ${failing.length - namedMonitors} more` : '';
  return `${counted(failing.length, 'failing job')} elsewhere, no link known: ${named}${more}`;
}
