import { percent } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { checkpointSamples, figure, grade, thresholds } from '../thresholds.ts';
import { notRead, nothing, type Check } from './types.ts';

export const checkpoints: Check = {
  name: 'checkpoints',
  weight: 0.5,
  cheap: true,
  run({ checkpoints: part }, { earlier }) {
    if (part === undefined) return nothing;
    if (!isRead(part)) return notRead('checkpoints', part.missing);
    const now = part.value;
    const before = earlier?.checkpoints;
    // The difference says more, once it is of enough checkpoints and no reset lies between.
    const delta = before && { timed: now.timed - before.timed, requested: now.requested - before.requested };
    const usable =
      delta && delta.timed >= 0 && delta.requested >= 0 && delta.timed + delta.requested >= checkpointSamples;
    const { timed, requested } = usable ? delta : now;
    const total = timed + requested;
    if (total < checkpointSamples) return notRead('checkpoints', `only ${total} of ${checkpointSamples} so far`);
    const severity = grade(thresholds.requestedCheckpoints, requested / total);
    if (severity === undefined) return nothing;
    return {
      findings: [
        {
          id: 'checkpoints_requested',
          severity,
          object: 'max_wal_size',
          evidence: `${percent(requested / total)} of ${total} checkpoints were forced (${usable ? 'since the last snapshot' : 'since the last reset'})`,
          threshold: percent(figure(thresholds.requestedCheckpoints, severity)),
          fix: 'Raise max_wal_size; backups and restarts force some, too',
        },
      ],
      notExamined: [],
    };
  },
};
