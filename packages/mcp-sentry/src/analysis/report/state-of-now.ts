import { type Finding, timestamp } from '@cinecom/mcp-core';
import type { Monitor } from '../../model/monitor.ts';
import { judgeMonitors, monitorState } from '../monitors/judge-monitors.ts';

/** A finding of now. */
export interface StateFinding {
  readonly found: Finding;
  /** Since when it is so, UTC ms; undefined where that is not told. */
  readonly since: number | undefined;
}

/** Findings of now that are told beside a period. */
export interface StateOfNow {
  readonly findings: readonly Finding[];
  /** How many of all began after the period. */
  readonly later: number;
}

/**
 * What is wrong now, beside a period that is over: marked as of now, so that nobody takes it for what happened then.
 *
 * @param period.end UTC ms
 * @param period.isLaterTold whether what began after the period is told too, as a morning report must; else it is counted only
 */
export function stateOfNow(
  all: readonly StateFinding[],
  { end, isLaterTold }: { readonly end: number; readonly isLaterTold: boolean },
): StateOfNow {
  const isLater = ({ since }: StateFinding): boolean => since !== undefined && since >= end;
  return {
    findings: all
      .filter((one) => isLaterTold || !isLater(one))
      .map(({ found, since }) => {
        const mark = since !== undefined && since >= end ? `now, since ${timestamp(since)}, after the period` : 'now';
        return { ...found, evidence: `${mark}: ${found.evidence}` };
      }),
    later: all.filter(isLater).length,
  };
}

/** Findings of cron monitors, each with the time since which it is so. @param now UTC ms */
export function monitorStates(monitors: readonly Monitor[], now: number): readonly StateFinding[] {
  return monitors.flatMap((monitor) => {
    if (monitor.environments.length === 0) {
      return judgeMonitors([monitor], now).map((found) => ({ found, since: undefined }));
    }
    return monitor.environments.flatMap((environment) =>
      judgeMonitors([{ ...monitor, environments: [environment] }], now).map((found) => {
        const due = environment.nextCheckInLatest ?? environment.nextCheckIn;
        const isLate = monitorState(monitor, environment, now) === 'late';
        return { found, since: isLate ? due : environment.incidentSince };
      }),
    );
  });
}
