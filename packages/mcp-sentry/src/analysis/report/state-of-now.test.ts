import { describe, expect, it } from 'vitest';
import type { Finding } from '@cinecom/mcp-core';
import type { Monitor, MonitorEnvironment } from '../../model/monitor.ts';
import { monitorStates, stateOfNow } from './state-of-now.ts';

const [hour, now] = [3_600_000, Date.parse('2026-03-01T12:00:00Z')];
const finding: Finding = { id: 'a', severity: 'critical', object: 'b', evidence: 'c', threshold: 'd', fix: 'e' };

describe('what is wrong now, beside a period that ended four hours ago', () => {
  const end = now - 4 * hour;
  const all = [now - 9 * hour, now - hour, undefined].map((since) => ({ found: finding, since }));

  it('is marked as of now, and what began later as that', () => {
    const { findings, later } = stateOfNow(all, { end, isLaterTold: true });
    expect(findings.map(({ evidence }) => evidence)).toEqual([
      'now: c',
      'now, since 2026-03-01T11:00:00Z, after the period: c',
      'now: c',
    ]);
    expect(later).toBe(1);
  });

  it('leaves out what began later where it is not asked for, and counts it', () => {
    const { findings, later } = stateOfNow(all, { end, isLaterTold: false });
    expect(findings).toHaveLength(2);
    expect(later).toBe(1);
  });
});

it('a monitor tells since when each of its environments is ill', () => {
  const environment = (name: string, more: Partial<MonitorEnvironment>): MonitorEnvironment => ({
    name,
    status: 'ok',
    isMuted: false,
    lastCheckIn: now - hour,
    nextCheckIn: undefined,
    nextCheckInLatest: undefined,
    incidentSince: undefined,
    ...more,
  });
  const monitor: Monitor = {
    slug: 'nightly',
    name: undefined,
    project: 'movies',
    status: 'active',
    isMuted: false,
    schedule: undefined,
    timezone: undefined,
    environments: [
      environment('failing', { status: 'error', incidentSince: now - 2 * hour }),
      environment('late', { nextCheckIn: now - 3 * hour, nextCheckInLatest: now - 2.5 * hour }),
      environment('muted', { isMuted: true, incidentSince: undefined }),
      environment('well', {}),
    ],
  };
  expect(monitorStates([monitor], now).map(({ found, since }) => [found.id, since])).toEqual([
    ['monitor_failing', now - 2 * hour],
    ['monitor_late', now - 2.5 * hour],
    ['monitor_muted', undefined],
  ]);
  expect(monitorStates([{ ...monitor, environments: [] }], now)).toMatchObject([{ since: undefined }]);
});
