import { count, duration, type Finding } from '@cinecom/mcp-core';
import type { HealthReading } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { xid } from '../thresholds.ts';
import { notRead, type Check, type EarlierCounters } from './types.ts';

/** Ids that are left when the server stops taking writes. */
const stopAt = 2 ** 31 - 3_000_000;

export const wraparound: Check = {
  name: 'wraparound',
  weight: 2,
  cheap: true,
  run(reading, { earlier }) {
    const { databases } = reading;
    if (!isRead(databases)) return notRead('wraparound', databases.missing, true);
    const findings = databases.value.flatMap((database) => [
      ...graded(reading, { name: database.name, kind: 'xid', age: database.xidAge, earlier }),
      ...graded(reading, { name: database.name, kind: 'multixact', age: database.multixactAge, earlier: undefined }),
    ]);
    const oldest = Math.max(0, ...databases.value.map((one) => one.xidAge));
    return { findings, notExamined: [], note: `oldest xid ${count(Math.round(oldest / 1e6))} M old` };
  },
};

interface Age {
  readonly name: string;
  readonly kind: 'xid' | 'multixact';
  readonly age: number;
  readonly earlier: EarlierCounters | undefined;
}

function graded(reading: HealthReading, { name, kind, age, earlier }: Age): readonly Finding[] {
  const settingName = kind === 'xid' ? 'autovacuum_freeze_max_age' : 'autovacuum_multixact_freeze_max_age';
  const warning = Math.max(settingOf(reading, settingName), xid.atLeast);
  if (age <= warning) return [];
  const emergency = age >= xid.emergency;
  const limit = emergency ? xid.emergency : age >= xid.critical ? xid.critical : warning;
  const days = daysLeft(reading, { name, kind, age, earlier });
  return [
    {
      id: emergency ? 'wraparound_emergency' : 'wraparound',
      severity: age >= xid.critical ? 'critical' : 'warning',
      object: `database ${name}`,
      evidence: `oldest unfrozen ${kind} is ${count(age)} old${days}`,
      threshold: count(limit),
      fix: 'VACUUM (FREEZE) the oldest tables; first end whatever holds the horizon back',
      next: { tool: 'pg_activity', args: { minSeconds: 60 } },
    },
  ];
}

function daysLeft(reading: HealthReading, { name, kind, age, earlier }: Age): string {
  const before = earlier?.databases.find((one) => one.name === name);
  if (kind !== 'xid' || before === undefined || earlier === undefined) return '';
  const perMs = (age - before.xidAge) / (reading.at - earlier.at);
  return perMs > 0 ? `, writes stop in about ${duration((stopAt - age) / perMs)} at the present rate` : '';
}

function settingOf(reading: HealthReading, name: string): number {
  if (!isRead(reading.settings)) return 0;
  return Number(reading.settings.value.find((one) => one.name === name)?.value ?? 0);
}
