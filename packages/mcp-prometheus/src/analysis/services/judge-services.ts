import { delta, type Finding, percent } from '@cinecom/mcp-core';
import type { Series } from '@cinecom/promql';
import { shownNumber } from '../../text/index.ts';

/** Our own, in want of an objective: an SLO in the settings judges better. */
export const limits = {
  errorWarning: 0.05,
  errorCritical: 0.5,
  /** A service that had traffic and now has less than this share of it. */
  trafficShare: 0.1,
  leastTraffic: 0.1,
  slower: 2,
  leastSeconds: 0.1,
} as const;

/** Figures of one moment, one series a service. */
export interface ServiceMoment {
  readonly rate: readonly Series[];
  readonly errorRatio: readonly Series[];
  readonly p50: readonly Series[];
  readonly p95: readonly Series[];
  readonly p99: readonly Series[];
}

export interface ServiceReading {
  readonly label: string;
  readonly now: ServiceMoment;
  readonly hourAgo: Pick<ServiceMoment, 'rate' | 'errorRatio' | 'p95'>;
  readonly weekAgo: Pick<ServiceMoment, 'rate' | 'errorRatio' | 'p95'>;
  /** Largest finite bucket, seconds: quantiles at it are at least that. */
  readonly lastBucket: number | undefined;
}

export interface ServiceRow {
  readonly service: string;
  readonly rate: number | undefined;
  readonly rateChange: string;
  readonly errorRatio: number | undefined;
  readonly errorsHourAgo: number | undefined;
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
  readonly p95Change: string;
}

/** Rows by service, busiest first: those that had traffic an hour or a week ago are there too. */
export function serviceRows(reading: ServiceReading): readonly ServiceRow[] {
  const { label, now, hourAgo, weekAgo, lastBucket } = reading;
  const by = (series: readonly Series[]) => valuesBy(label, series);
  const [rate, errorRatio, p95] = [by(now.rate), by(now.errorRatio), by(now.p95)];
  const [p50, p99] = [by(now.p50), by(now.p99)];
  const [rateHour, rateWeek, errorsHour] = [by(hourAgo.rate), by(weekAgo.rate), by(hourAgo.errorRatio)];
  const [p95Hour, p95Week] = [by(hourAgo.p95), by(weekAgo.p95)];
  const services = [...new Set([...rate.keys(), ...rateHour.keys()])];
  return services
    .map((service) => ({
      service,
      rate: rate.get(service) ?? 0,
      rateChange: changes(rate.get(service) ?? 0, rateHour.get(service), rateWeek.get(service)),
      errorRatio: errorRatio.get(service),
      errorsHourAgo: errorsHour.get(service),
      p50: shownSeconds(p50.get(service), lastBucket),
      p95: shownSeconds(p95.get(service), lastBucket),
      p99: shownSeconds(p99.get(service), lastBucket),
      p95Change: changes(p95.get(service), p95Hour.get(service), p95Week.get(service)),
    }))
    .toSorted((a, b) => b.rate - a.rate);
}

/** Services that fail, that lost their traffic, or that became slow against both an hour and a week ago. */
export function judgeServices(reading: ServiceReading, rows: readonly ServiceRow[]): readonly Finding[] {
  const values = (moment: Pick<ServiceMoment, 'rate' | 'p95'>, kind: 'rate' | 'p95') =>
    valuesBy(reading.label, moment[kind]);
  const [rateHour, rateWeek] = [values(reading.hourAgo, 'rate'), values(reading.weekAgo, 'rate')];
  const [p95, p95Hour, p95Week] = [reading.now, reading.hourAgo, reading.weekAgo].map((moment) =>
    values(moment, 'p95'),
  );
  return rows.flatMap((row): readonly Finding[] => [
    ...failing(row),
    ...silent(row, rateHour.get(row.service), rateWeek.get(row.service)),
    ...slower(
      row,
      [p95, p95Hour, p95Week].map((map) => map?.get(row.service)),
    ),
  ]);
}

function failing({ service, errorRatio, errorsHourAgo }: ServiceRow): readonly Finding[] {
  if (errorRatio === undefined || !(errorRatio > limits.errorWarning)) return [];
  const before = errorsHourAgo === undefined ? '' : `, ${percent(errorsHourAgo)} an hour ago`;
  return [
    {
      id: 'service_errors',
      severity: errorRatio > limits.errorCritical ? 'critical' : 'warning',
      object: service,
      evidence: `${percent(errorRatio)} of its requests fail${before}`,
      threshold: `${percent(limits.errorWarning)}, critical ${percent(limits.errorCritical)}`,
      fix: 'See what changed before it began, then its log',
      next: { tool: 'prom_what_changed', args: { at: 'now' } },
    },
  ];
}

function silent(
  { service, rate }: ServiceRow,
  hourAgo: number | undefined,
  weekAgo: number | undefined,
): readonly Finding[] {
  const before = Math.min(hourAgo ?? 0, weekAgo ?? hourAgo ?? 0);
  if (before < limits.leastTraffic || (rate ?? 0) > before * limits.trafficShare) return [];
  return [
    {
      id: 'service_silent',
      severity: 'warning',
      object: service,
      evidence: `${shownNumber(rate ?? 0)} requests/s, ${shownNumber(hourAgo)} an hour ago${weekAgo === undefined ? '' : `, ${shownNumber(weekAgo)} a week ago`}`,
      threshold: `${percent(limits.trafficShare)} of the smaller of both`,
      fix: 'Is it running, reachable, still scraped under the same name?',
      next: { tool: 'prom_check_targets', args: { health: 'down' } },
    },
  ];
}

function slower({ service }: ServiceRow, [now, hourAgo, weekAgo]: readonly (number | undefined)[]): readonly Finding[] {
  if (now === undefined || hourAgo === undefined || !(now > limits.leastSeconds)) return [];
  const before = Math.max(hourAgo, weekAgo ?? hourAgo);
  if (!(now > before * limits.slower)) return [];
  return [
    {
      id: 'service_slow',
      severity: 'warning',
      object: service,
      evidence: `p95 ${shownNumber(now)} s, ${shownNumber(hourAgo)} s an hour ago${weekAgo === undefined ? '' : `, ${shownNumber(weekAgo)} s a week ago`}`,
      threshold: `×${limits.slower} of the larger of both`,
      fix: 'See what changed, then what it waits for: database, disk, other services',
      next: { tool: 'prom_what_changed', args: { at: 'now' } },
    },
  ];
}

function valuesBy(label: string, series: readonly Series[]): ReadonlyMap<string, number> {
  return new Map(
    series.flatMap(({ labels, points }) => {
      const value = points.at(-1)?.[1];
      return value === undefined || Number.isNaN(value) ? [] : [[labels[label] ?? '', value] as const];
    }),
  );
}

function changes(now: number | undefined, hourAgo: number | undefined, weekAgo: number | undefined): string {
  if (now === undefined) return '';
  const parts = [
    hourAgo === undefined ? '' : `1h ${delta(hourAgo, now)}`,
    weekAgo === undefined ? '' : `7d ${delta(weekAgo, now)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** A quantile in the last bucket is told as what it is: at least that bucket's lower bound. */
function shownSeconds(value: number | undefined, lastBucket: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '';
  const isOpen = lastBucket !== undefined && value >= lastBucket;
  return `${isOpen ? '≥ ' : ''}${shownNumber(value)} s`;
}
