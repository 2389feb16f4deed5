import { isRead } from '../../model/part.ts';
import { judgeArchiver } from '../replication/archiver.ts';
import { notRead, nothing, type Check } from './types.ts';

export const archive: Check = {
  name: 'archive',
  weight: 1,
  cheap: true,
  run({ archiver }) {
    if (archiver === undefined) return nothing;
    if (!isRead(archiver)) return notRead('archiver', archiver.missing);
    return { findings: judgeArchiver(archiver.value), notExamined: [] };
  },
};
