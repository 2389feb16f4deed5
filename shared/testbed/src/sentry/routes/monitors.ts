import { showProjectBase } from '../answers/project.ts';
import { missing } from '../api-error.ts';
import { isoTime } from '../clock.ts';
import { answerPage } from '../paging.ts';
import { type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, projectsOf, visibleProjects } from '../scope.ts';
import type { Checkin, Monitor } from '../world/model.ts';

const statusWords: Readonly<Record<string, string>> = {
  missed: 'missed_checkin',
  unknown: 'active',
  in_progress: 'ok',
};

function configOf(monitor: Monitor): Record<string, unknown> {
  return {
    schedule_type: typeof monitor.schedule === 'string' ? 'crontab' : 'interval',
    schedule: monitor.schedule,
    checkin_margin: monitor.marginMinutes,
    max_runtime: monitor.maxRuntimeMinutes,
    timezone: monitor.timezone,
    failure_issue_threshold: 1,
    recovery_threshold: 1,
    alert_rule_id: null,
  };
}

function showEnvironment(monitor: Monitor, name: string, now: number): Record<string, unknown> {
  const seen = monitor.checkins.filter((each) => each.environment === name && each.at <= now);
  const [last, reported] = [seen.at(-1), seen.findLast((each) => each.status !== 'missed')];
  const isFailing = last !== undefined && ['error', 'missed', 'timeout'].includes(last.status);
  const next = monitor.nextCheckIn;
  return {
    name,
    status: last === undefined ? 'active' : (statusWords[last.status] ?? last.status),
    isMuted: monitor.muted,
    dateCreated: isoTime(monitor.dateCreated),
    lastCheckIn: reported ? isoTime(reported.at) : null,
    nextCheckIn: next === undefined ? null : isoTime(next),
    nextCheckInLatest: next === undefined ? null : isoTime(next + monitor.marginMinutes * 60_000),
    activeIncident: isFailing
      ? { startingTimestamp: isoTime(last.at), resolvingTimestamp: null, brokenNotice: null }
      : null,
  };
}

function showMonitor(call: Call, monitor: Monitor): Record<string, unknown> {
  const asked = call.query.getAll('environment');
  const names = monitor.checkins.length === 0 ? [] : [...new Set(monitor.checkins.map((each) => each.environment))];
  return {
    id: monitor.id,
    name: monitor.name,
    slug: monitor.slug,
    status: monitor.state,
    isMuted: monitor.muted,
    isUpserting: false,
    config: configOf(monitor),
    dateCreated: isoTime(monitor.dateCreated),
    project: showProjectBase(call, monitor.project),
    environments: names
      .filter((name) => asked.length === 0 || asked.includes(name))
      .map((name) => showEnvironment(monitor, name, call.now)),
    owner: monitor.owner,
  };
}

function showCheckin(monitor: Monitor, checkin: Checkin): Record<string, unknown> {
  const at = isoTime(checkin.at);
  return {
    id: checkin.id,
    environment: checkin.environment,
    status: checkin.status,
    duration: checkin.durationMs,
    dateCreated: at,
    dateAdded: at,
    dateUpdated: at,
    dateInProgress: checkin.status === 'missed' ? null : at,
    dateClock: at,
    expectedTime: at,
    monitorConfig: configOf(monitor),
  };
}

function monitorOf(call: Call): Monitor {
  const name = call.parameters['monitor_id_or_slug'];
  const visible = visibleProjects(call);
  const found = call.state.monitors.find(
    (each) => (each.slug === name || each.id === name) && visible.includes(each.project),
  );
  if (!found) throw missing();
  return found;
}

const monitorPath = `${organizationPath}monitors/{monitor_id_or_slug}/`;

export const monitorRoutes: readonly Route[] = [
  {
    method: 'GET',
    template: `${organizationPath}monitors/`,
    scopes: scopes.alerts,
    feature: 'monitors',
    handle: (call) => {
      environmentsOf(call);
      const projects = projectsOf(call);
      const monitors = call.state.monitors.filter((each) => projects.has(each.project));
      return answerPage(call, monitors, (each) => showMonitor(call, each));
    },
  },
  {
    method: 'GET',
    template: monitorPath,
    scopes: scopes.monitor,
    feature: 'monitors',
    handle: (call) => ({ body: showMonitor(call, monitorOf(call)) }),
  },
  {
    method: 'GET',
    template: `${monitorPath}checkins/`,
    scopes: scopes.monitor,
    feature: 'monitors',
    handle: (call) => {
      const monitor = monitorOf(call);
      const seen = monitor.checkins.filter((each) => each.at <= call.now).toReversed();
      return answerPage(call, seen, (each) => showCheckin(monitor, each));
    },
  },
];
