import { duration, type Finding, timestamp } from '@cinecom/mcp-core';
import type { Monitor, MonitorEnvironment } from '../../model/monitor.ts';

/** What one environment of a cron monitor is. */
export type MonitorState =
  'failing' | 'missed' | 'timed out' | 'late' | 'waiting' | 'ok' | 'muted' | 'disabled' | 'unknown';

const stateOfStatus: ReadonlyMap<string, MonitorState> = new Map([
  ['error', 'failing'],
  ['missed_checkin', 'missed'],
  ['missed', 'missed'],
  ['timeout', 'timed out'],
  ['ok', 'ok'],
  ['disabled', 'disabled'],
  ['in_progress', 'ok'],
]);

/**
 * The state of an environment: disabled, muted, what Sentry tells, `late` where the latest time of its next check-in has passed
 * though Sentry still calls it ok, `waiting` where it never checked in, `unknown` for a status that is not known.
 *
 * @param now UTC ms
 */
export function monitorState(monitor: Monitor, environment: MonitorEnvironment, now: number): MonitorState {
  if (monitor.status === 'disabled' || environment.status === 'disabled') return 'disabled';
  if (monitor.isMuted || environment.isMuted) return 'muted';
  const told = stateOfStatus.get(environment.status ?? '');
  if (told !== undefined && told !== 'ok') return told;
  const latest = environment.nextCheckInLatest ?? environment.nextCheckIn;
  if (environment.lastCheckIn === undefined) return 'waiting';
  if (latest !== undefined && latest < now) return 'late';
  return told ?? (environment.status === 'active' ? 'ok' : 'unknown');
}

const rules = {
  failing: {
    id: 'monitor_failing',
    severity: 'critical',
    threshold: 'last check-in ok',
    fix: 'Look at the log of the job at that time',
  },
  missed: {
    id: 'monitor_missed',
    severity: 'critical',
    threshold: 'a check-in within the margin of its schedule',
    fix: 'Find out whether the job runs at all: host, scheduler, permissions',
  },
  'timed out': {
    id: 'monitor_timed_out',
    severity: 'critical',
    threshold: 'an end within its longest runtime',
    fix: 'Find what the job waits for, or raise its longest runtime',
  },
  late: {
    id: 'monitor_late',
    severity: 'warning',
    threshold: 'a check-in within the margin of its schedule',
    fix: 'Find out whether the job runs: Sentry has not called it missed yet',
  },
  waiting: {
    id: 'monitor_never_checked_in',
    severity: 'warning',
    threshold: 'a first check-in',
    fix: 'Send check-ins from the job, or take the monitor away',
  },
  muted: {
    id: 'monitor_muted',
    severity: 'warning',
    threshold: 'not muted: its failures open no issue',
    fix: 'Unmute it when the reason is over',
  },
  disabled: {
    id: 'monitor_disabled',
    severity: 'info',
    threshold: 'enabled: nobody watches the job',
    fix: 'Enable it, or take it away',
  },
} as const satisfies Partial<Record<MonitorState, Pick<Finding, 'id' | 'severity' | 'threshold' | 'fix'>>>;

/** What is wrong with cron monitors, by environment; a monitor without one never checked in. @param now UTC ms */
export function judgeMonitors(monitors: readonly Monitor[], now: number): readonly Finding[] {
  return monitors.flatMap((monitor) => {
    const object = (environment: string | undefined): string =>
      [monitor.project, monitor.slug, environment].filter((part) => part !== undefined && part !== '').join(' ');
    if (monitor.environments.length === 0) {
      const state = monitor.status === 'disabled' ? 'disabled' : monitor.isMuted ? 'muted' : 'waiting';
      return [{ ...rules[state], object: object(undefined), evidence: 'no check-in in any environment' }];
    }
    return monitor.environments.flatMap((environment): readonly Finding[] => {
      const state = monitorState(monitor, environment, now);
      if (state === 'ok' || state === 'unknown') return [];
      return [{ ...rules[state], object: object(environment.name), evidence: evidenceOf(environment, state, now) }];
    });
  });
}

function evidenceOf(environment: MonitorEnvironment, state: MonitorState, now: number): string {
  const { lastCheckIn, nextCheckIn, nextCheckInLatest, incidentSince, status } = environment;
  const ago = (at: number): string => `${timestamp(at)}, ${duration(Math.max(0, now - at))} ago`;
  const parts = [
    lastCheckIn === undefined ? 'never checked in' : `last check-in ${ago(lastCheckIn)}`,
    ...(incidentSince === undefined ? [] : [`failing since ${ago(incidentSince)}`]),
    ...(state === 'late' && nextCheckInLatest !== undefined ? [`due until ${timestamp(nextCheckInLatest)}`] : []),
    ...(nextCheckIn === undefined || nextCheckIn < now ? [] : [`next expected ${timestamp(nextCheckIn)}`]),
    ...(state === 'muted' || state === 'disabled' ? [`last status ${status ?? 'not told'}`] : []),
  ];
  return parts.join('; ');
}
