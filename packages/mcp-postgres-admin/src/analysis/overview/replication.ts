import { counted } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { judgeReplica } from '../replication/lag.ts';
import { judgeSlot } from '../replication/slots.ts';
import { judgeStandby } from '../replication/standby.ts';
import { judgeSynchronous } from '../replication/synchronous.ts';
import { notRead, nothing, type Check } from './types.ts';

const next = { tool: 'pg_replication', args: {} };

export const replication: Check = {
  name: 'replication',
  weight: 1.5,
  cheap: true,
  run({ replication: part, at }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('replication', part.missing);
    const { replicas, slots, standby } = part.value;
    const findings = [
      ...judgeSynchronous(part.value),
      ...replicas.flatMap((replica) => judgeReplica(replica)),
      ...slots.flatMap((slot) => judgeSlot(slot, { at })),
      ...(standby === null ? [] : judgeStandby(standby, 'this standby')),
    ].map((finding) => ({ ...finding, next }));
    return {
      findings,
      notExamined: [],
      ...(replicas.length > 0 ? { note: counted(replicas.length, 'standby', 'standbys') } : {}),
    };
  },
};
