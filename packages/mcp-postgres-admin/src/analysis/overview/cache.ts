import { duration, percent } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { cacheBlocks, figure, grade, thresholds } from '../thresholds.ts';
import { notRead, type Check } from './types.ts';

export const cache: Check = {
  name: 'cache',
  weight: 1,
  cheap: true,
  run({ databases, at }, { earlier }) {
    if (!isRead(databases)) return notRead('cache hit', databases.missing);
    if (earlier === undefined) return notRead('cache hit', 'needs a second look: a first snapshot was just taken');
    const graded = databases.value.flatMap((now) => {
      const before = earlier.databases.find((one) => one.name === now.name);
      if (before === undefined) return [];
      // After a reset the counters themselves are the difference.
      const reset =
        now.blocksHit < before.blocksHit || now.blocksRead < before.blocksRead || now.resetAt !== before.resetAt;
      const hit = reset ? now.blocksHit : now.blocksHit - before.blocksHit;
      const read = reset ? now.blocksRead : now.blocksRead - before.blocksRead;
      return hit + read < cacheBlocks ? [] : [{ name: now.name, ratio: hit / (hit + read), blocks: hit + read }];
    });
    if (graded.length === 0) {
      return notRead('cache hit', `under ${cacheBlocks} blocks read since ${duration(at - earlier.at)} ago`);
    }
    const findings = graded.flatMap(({ name, ratio, blocks }) => {
      const severity = grade(thresholds.cacheHit, ratio);
      if (severity === undefined) return [];
      return [
        {
          id: 'cache_hit_low',
          severity,
          object: `database ${name}`,
          evidence: `${percent(ratio)} of ${blocks} blocks came from shared buffers within ${duration(at - earlier.at)}`,
          threshold: percent(figure(thresholds.cacheHit, severity)),
          fix: 'Find what reads so much; then think about shared_buffers',
          next: { tool: 'pg_top_queries', args: { by: 'io' } },
        },
      ];
    });
    return { findings, notExamined: [] };
  },
};
