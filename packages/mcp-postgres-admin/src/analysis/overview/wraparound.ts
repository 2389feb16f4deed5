import { count } from '@cinecom/mcp-core';
import type { HealthReading } from '../../model/health.ts';
import { isRead } from '../../model/part.ts';
import { judgeAge, xidRate } from '../vacuum/wraparound.ts';
import { notRead, type Check } from './types.ts';

export const wraparound: Check = {
  name: 'wraparound',
  weight: 2,
  cheap: true,
  run(reading, { earlier }) {
    const { databases } = reading;
    if (!isRead(databases)) return notRead('wraparound', databases.missing, true);
    const rate = xidRate(earlier, reading);
    const findings = databases.value.flatMap(({ name, xidAge, multixactAge }) => {
      const object = `database ${name}`;
      const freezeMaxAge = settingOf(reading, 'autovacuum_freeze_max_age');
      const multixactMaxAge = settingOf(reading, 'autovacuum_multixact_freeze_max_age');
      return [
        ...judgeAge({ object, kind: 'xid', age: xidAge, freezeMaxAge, rate }),
        ...judgeAge({ object, kind: 'multixact', age: multixactAge, freezeMaxAge: multixactMaxAge, rate: undefined }),
      ];
    });
    const oldest = Math.max(0, ...databases.value.map((one) => one.xidAge));
    return { findings, notExamined: [], note: `oldest xid ${count(Math.round(oldest / 1e6))} M old` };
  },
};

function settingOf(reading: HealthReading, name: string): number {
  if (!isRead(reading.settings)) return 0;
  return Number(reading.settings.value.find((one) => one.name === name)?.value ?? 0);
}
