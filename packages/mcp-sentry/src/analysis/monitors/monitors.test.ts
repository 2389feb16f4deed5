import { describe, expect, it } from 'vitest';
import type { Detector, Monitor, MonitorEnvironment } from '../../model/monitor.ts';
import { judgeMonitors, monitorState } from './judge-monitors.ts';
import { judgeUptime } from './judge-uptime.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const hour = 3_600_000;

const environment = (more: Partial<MonitorEnvironment> = {}): MonitorEnvironment => ({
  name: 'production',
  status: 'ok',
  isMuted: false,
  lastCheckIn: now - hour,
  nextCheckIn: now + hour,
  nextCheckInLatest: now + 2 * hour,
  incidentSince: undefined,
  ...more,
});
const monitor = (environments: readonly MonitorEnvironment[], more: Partial<Monitor> = {}): Monitor => ({
  slug: 'nightly-import',
  name: 'Nightly import',
  project: 'movie-service',
  status: 'active',
  isMuted: false,
  schedule: '0 3 * * *',
  timezone: 'UTC',
  environments,
  ...more,
});

describe('monitorState', () => {
  it.each<[string, Partial<MonitorEnvironment>, Partial<Monitor>]>([
    ['ok', {}, {}],
    ['failing', { status: 'error' }, {}],
    ['missed', { status: 'missed_checkin' }, {}],
    ['timed out', { status: 'timeout' }, {}],
    ['late', { nextCheckIn: now - hour, nextCheckInLatest: now - 1 }, {}],
    ['ok', { nextCheckIn: now - hour, nextCheckInLatest: now + 1 }, {}],
    ['late', { nextCheckIn: now - hour, nextCheckInLatest: undefined }, {}],
    ['waiting', { status: 'active', lastCheckIn: undefined }, {}],
    ['ok', { status: 'active' }, {}],
    ['muted', { status: 'error', isMuted: true }, {}],
    ['muted', { status: 'error' }, { isMuted: true }],
    ['disabled', { status: 'error' }, { status: 'disabled' }],
    ['unknown', { status: 'something_new' }, {}],
    ['unknown', { status: undefined }, {}],
    ['unknown', { status: 'constructor' }, {}],
  ])('is %s for %j of %j', (state, ofEnvironment, ofMonitor) => {
    const one = environment(ofEnvironment);
    expect(monitorState(monitor([one], ofMonitor), one, now)).toBe(state);
  });
});

describe('judgeMonitors', () => {
  it('tells since when, and when the next check-in is expected', () => {
    const failing = environment({ status: 'error', incidentSince: now - 26 * hour });
    expect(judgeMonitors([monitor([failing, environment({ name: 'staging' })])], now)).toEqual([
      {
        id: 'monitor_failing',
        severity: 'critical',
        object: 'movie-service nightly-import production',
        evidence:
          'last check-in 2026-03-01T11:00:00Z, 1 h ago; failing since 2026-02-28T10:00:00Z, 1 d 2 h ago; next expected 2026-03-01T13:00:00Z',
        threshold: 'last check-in ok',
        fix: 'Look at the log of the job at that time',
      },
    ]);
  });

  it('finds monitors that never checked in, with or without an environment', () => {
    const waiting = judgeMonitors(
      [monitor([]), monitor([environment({ status: 'active', lastCheckIn: undefined })])],
      now,
    );
    expect(waiting.map(({ id, evidence }) => [id, evidence])).toEqual([
      ['monitor_never_checked_in', 'no check-in in any environment'],
      ['monitor_never_checked_in', 'never checked in; next expected 2026-03-01T13:00:00Z'],
    ]);
    expect(judgeMonitors([monitor([], { status: 'disabled' }), monitor([], { isMuted: true })], now)).toMatchObject([
      { id: 'monitor_disabled', severity: 'info' },
      { id: 'monitor_muted', severity: 'warning' },
    ]);
  });

  it('says until when a late one was due', () => {
    const late = environment({ nextCheckIn: now - 2 * hour, nextCheckInLatest: now - hour });
    expect(judgeMonitors([monitor([late], { project: undefined })], now)).toMatchObject([
      {
        id: 'monitor_late',
        object: 'nightly-import production',
        evidence: 'last check-in 2026-03-01T11:00:00Z, 1 h ago; due until 2026-03-01T11:00:00Z',
      },
    ]);
  });
});

describe('judgeUptime', () => {
  const detector = (more: Partial<Detector> = {}): Detector => ({
    id: '7',
    name: 'https://tickets.example.com',
    type: 'uptime_domain_failure',
    projectId: '1',
    isEnabled: true,
    workflowIds: [],
    ...more,
  });
  const address = (failed: number, total: number) => ({
    project: 'movie-service',
    address: 'https://tickets.example.com',
    total,
    failed,
  });
  const judge = (checks: readonly ReturnType<typeof address>[] | undefined, more: Partial<Detector> = {}) =>
    judgeUptime([detector(more)], checks, () => 'movie-service').map(({ id, severity, evidence }) => [
      id,
      severity,
      evidence,
    ]);

  it('finds what fails, what has no checks and what is off', () => {
    expect(judge([address(6, 60)])).toEqual([['uptime_failing', 'critical', '6 of 60 checks failed, 10 %']]);
    expect(judge([address(2, 60)])).toEqual([['uptime_failing', 'warning', '2 of 60 checks failed, 3.33 %']]);
    expect(judge([address(1, 3)])).toEqual([['uptime_failing', 'warning', '1 of 3 checks failed, 33.3 %']]);
    expect(judge([address(0, 60)])).toEqual([]);
    expect(judge([])).toEqual([['uptime_no_checks', 'warning', '0 addresses checked, 1 detector on']]);
    expect(judge([], { isEnabled: false })).toEqual([['uptime_disabled', 'info', 'switched off']]);
  });

  it('leaves other detectors alone, and says nothing of checks that could not be asked', () => {
    expect(judge([], { type: 'error' })).toEqual([]);
    expect(judge([], { type: undefined })).toEqual([]);
    expect(judge(undefined)).toEqual([]);
  });
});
