import { duration, type Finding, type NotExamined } from '@cinecom/mcp-core';
import { causeOf, dropText, type IngestCause, type IngestReading, keyOf, lateMs, ownDrops } from './cause.ts';

export interface IngestJudgement {
  readonly cause: IngestCause;
  readonly summary: string;
  readonly findings: readonly Finding[];
  readonly missing: readonly NotExamined[];
  /** What was dropped meanwhile and was not our event, most first, in words. */
  readonly ofOthers: readonly string[];
}

/**
 * Would an error in production be seen? ok: visible within 30 s; warning: later; critical: lost, with the cause; unknown:
 * accepted and not seen yet.
 *
 * @param project slug, for the finding
 */
export function judgeIngest(reading: IngestReading, project: string): IngestJudgement {
  const cause = causeOf(reading);
  const own = ownDrops(reading);
  const ofOthers = (reading.drops ?? []).filter((drop) => !own.includes(drop)).map(dropText);
  const missing = [
    ...(reading.drops === undefined ? [{ what: 'outcomes', why: 'the counts by outcome could not be read' }] : []),
    ...(cause === 'not_yet_visible'
      ? [
          {
            what: 'whether the event becomes visible',
            why: notSeen(reading),
            required: true,
          },
        ]
      : []),
  ];
  if (cause === 'visible' || cause === 'not_yet_visible') {
    return { cause, summary: summaries[cause](reading), findings: [], missing, ofOthers };
  }
  return {
    cause,
    summary: summaries[cause](reading),
    findings: [
      {
        id: `ingest_${cause}`,
        severity: cause === 'late' ? 'warning' : 'critical',
        object: project,
        evidence: evidenceOf(cause, reading),
        threshold: `accepted, and visible within ${duration(lateMs)}`,
        fix: fixes[cause],
      },
    ],
    missing,
    ofOthers,
  };
}

function notSeen({ notLooked, waitedMs }: IngestReading): string {
  return notLooked === undefined
    ? `accepted, and not seen within ${duration(waitedMs)}`
    : `accepted, and not looked for: ${notLooked}`;
}

const visible = ({ visibleAfterMs }: IngestReading): string => duration(visibleAfterMs ?? 0);

const summaries: Readonly<Record<IngestCause, (reading: IngestReading) => string>> = {
  visible: (reading) => `an error would be seen: visible ${visible(reading)} after it was sent`,
  late: (reading) => `an error would be seen late: visible ${visible(reading)} after it was sent`,
  not_yet_visible: ({ waitedMs, notLooked }) =>
    notLooked === undefined
      ? `accepted, not visible yet after ${duration(waitedMs)}`
      : 'accepted; whether it is visible could not be looked at',
  refused_connection: () => 'an error would be lost: the event never arrived',
  rate_limited: () => 'an error would be lost: events are rate limited',
  filtered: () => 'an error would be lost: events are filtered on arrival',
  inactive_key: () => 'an error would be lost: the key is not active',
  unknown_key: () => 'an error would be lost: no project has this key',
  wrong_project: () => 'an error would be lost: the key belongs to another project',
  other_organization: () => 'an error would not be seen here: the DSN is of another organization',
  too_large: () => 'the event was refused as too large',
  invalid: () => 'an error would be lost: events are refused as invalid',
  refused: () => 'an error would be lost: the event was refused',
};

function evidenceOf(cause: IngestCause, reading: IngestReading): string {
  const { send, filters } = reading;
  const status = send.statusCode === undefined ? 'no answer' : `status ${send.statusCode}`;
  const limits = [
    send.rateLimits === undefined ? '' : `limits ${send.rateLimits}`,
    send.retryAfter === undefined ? '' : `retry after ${send.retryAfter} s`,
    keyLimit(reading),
  ];
  const dropped = ownDrops(reading).map(dropText);
  const active = (filters ?? []).filter(({ isActive }) => isActive).map(({ id }) => id);
  const parts: Readonly<Partial<Record<IngestCause, readonly string[]>>> = {
    late: [`visible after ${visible(reading)}`],
    rate_limited: [status, ...limits, ...dropped],
    filtered: [status, ...dropped, active.length === 0 ? '' : `active filters ${active.slice(0, 8).join(', ')}`],
    inactive_key: [status, 'the key is switched off'],
    wrong_project: [status, 'the DSN names another project than that of its key'],
    invalid: [status, ...dropped],
  };
  return (parts[cause] ?? [status, `${duration(send.tookMs)} until then`]).filter((part) => part !== '').join(', ');
}

function keyLimit({ owner }: IngestReading): string {
  const limit = keyOf(owner)?.rateLimit;
  return limit === undefined ? '' : `the key takes ${limit.count} events in ${duration(limit.windowSeconds * 1000)}`;
}

const fixes: Readonly<Record<Exclude<IngestCause, 'visible' | 'not_yet_visible'>, string>> = {
  late: 'Look at the load of ingestion: queues and consumers when self-hosted, the status page of sentry.io else',
  refused_connection: 'Check name, port, proxy, firewall and certificate between this host and the host of the DSN',
  rate_limited: 'Raise the limit of the key or the quota, or send less: sentry_usage tells what uses it up',
  filtered: 'Look at the inbound filters of the project: browser extensions, releases, messages, addresses',
  inactive_key: 'Activate the key in the settings of the project, or give services the DSN of an active one',
  unknown_key: 'Give services the DSN that the project shows now: this key was deleted',
  wrong_project: 'Copy the whole DSN anew from the client keys of the project',
  other_organization: 'Give the DSN of this organization, or read the other one with --organization',
  too_large: 'Ask who runs the proxy or relay for its limit of size: the event has less than 2 kB',
  invalid: 'See whether a relay or proxy in between changes events, and whether the SDK is too old or new for it',
  refused: 'Look at the key, and whether the project is switched off or a relay refuses it',
};
