import type { Finding } from '@cinecom/mcp-core';
import { shownNumber } from '../../text/index.ts';

/** A KPI of the settings and what was read of it. */
export interface KpiReading {
  readonly name: string;
  readonly unit: string;
  /** Where it should go. */
  readonly direction: 'up' | 'down';
  readonly target?: number | undefined;
  /** Changes between values below it mean nothing. */
  readonly floor?: number | undefined;
  /** How the figure came about. */
  readonly basis: string;
  readonly value: number | undefined;
  readonly previous: number | undefined;
  readonly lastWeek: number | undefined;
}

export interface KpiRow extends KpiReading {
  /** Relative to the previous period: 0.1 is ten percent more; undefined where there is none, or both are below the floor. */
  readonly change: number | undefined;
  readonly weekChange: number | undefined;
  /** How far the target is missed, in units of the KPI; 0 or less: met. */
  readonly gap: number | undefined;
}

/** A KPI that is so much worse than both the period before and the week before deserves a look. */
export const worseBy = 0.2;

/** What missed targets and falls make of KPIs: the ones furthest from their target first. */
export function kpiRows(readings: readonly KpiReading[]): readonly KpiRow[] {
  return readings
    .map((reading) => ({
      ...reading,
      change: changeOf(reading, reading.previous),
      weekChange: changeOf(reading, reading.lastWeek),
      gap: gapOf(reading),
    }))
    .toSorted((a, b) => missedShare(b) - missedShare(a));
}

function changeOf({ value, floor = 0 }: KpiReading, reference: number | undefined): number | undefined {
  if (value === undefined || reference === undefined || reference === 0) return undefined;
  if (Math.max(Math.abs(value), Math.abs(reference)) < floor) return undefined;
  return (value - reference) / Math.abs(reference);
}

function gapOf({ value, target, direction }: KpiReading): number | undefined {
  if (value === undefined || target === undefined) return undefined;
  return direction === 'up' ? target - value : value - target;
}

function missedShare({ gap, target }: KpiRow): number {
  if (gap === undefined || gap <= 0) return -1;
  return target === undefined || target === 0 ? gap : gap / Math.abs(target);
}

/** Targets missed, and falls that neither the day nor the weekday explains. */
export function judgeKpis(rows: readonly KpiRow[]): readonly Finding[] {
  return rows.flatMap((row) => [...missedTarget(row), ...worse(row)]);
}

function missedTarget({ name, value, unit, target, gap, direction }: KpiRow): readonly Finding[] {
  if (gap === undefined || gap <= 0) return [];
  return [
    {
      id: 'kpi_target_missed',
      severity: 'warning',
      object: name,
      evidence: `${shownWithUnit(value, unit)}, ${shownWithUnit(gap, unit)} ${direction === 'up' ? 'below' : 'above'}`,
      threshold: `target ${shownWithUnit(target, unit)}`,
      fix: 'Find since when, and what changed then.',
      next: { tool: 'prom_what_changed', args: { at: 'now' } },
    },
  ];
}

function worse(row: KpiRow): readonly Finding[] {
  const { name, value, unit, previous, lastWeek, change, weekChange, direction } = row;
  const sign = direction === 'up' ? -1 : 1;
  // without the same weekday a Monday would always look like trouble after a Sunday, or the other way round
  if (change === undefined || weekChange === undefined) return [];
  if (change * sign < worseBy || weekChange * sign < worseBy) return [];
  return [
    {
      id: 'kpi_worse',
      severity: 'warning',
      object: name,
      evidence: `${shownWithUnit(value, unit)} after ${shownWithUnit(previous, unit)}, a week ago ${shownWithUnit(lastWeek, unit)}`,
      threshold: `${worseBy * 100} % worse than both`,
      fix: 'Find since when, and what changed then.',
      next: { tool: 'prom_what_changed', args: { at: 'now' } },
    },
  ];
}

/** `12.5 EUR`; nothing for no value. */
export function shownWithUnit(value: number | undefined, unit: string): string {
  return value === undefined ? '' : `${shownNumber(value)}${unit === '' ? '' : ` ${unit}`}`;
}
