import { duration } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { lossMs, recoveryPoint } from '../backup/facts.ts';
import { judgeBackups } from '../backup/judge.ts';
import { notRead, type Check } from './types.ts';

const what = 'backups and restore tests';

/** SQL cannot see backups: what the configured store tells. */
export const backup: Check = {
  name: 'backup',
  weight: 1,
  cheap: true,
  run(_reading, { backups, rpoMinutes }) {
    if (backups === undefined) {
      const objective = rpoMinutes === undefined ? '' : `; objective: at most ${rpoMinutes} min of loss`;
      return notRead(what, `SQL cannot see them, and no backup store is configured${objective}`);
    }
    const { reading, now, rtoMinutes } = backups;
    if (!isRead(reading)) return notRead(what, reading.missing, true);
    const newest = recoveryPoint(reading.value, now);
    const judged = judgeBackups(reading.value, { now, rpoMinutes, rtoMinutes });
    return {
      ...judged,
      ...(newest === undefined
        ? {}
        : { note: `${duration(lossMs(newest, now))} would be lost by the newest verified backup` }),
    };
  },
};
