import { counted, type NotExamined } from '@cinecom/mcp-core';
import type { FleetRule, FleetVerdict } from './fleet-project.ts';

const whys = {
  'bursts-unread':
    'they changed, but the counts by hour of the time before could not be read: bursts may explain it, so it is no alarm',
  'too-bursty': 'errors come in bursts, so that a doubling would not be seen with 80 %; a longer window decides',
  'too-little-data': 'too few errors for a doubling to be seen with 80 %; a longer window decides',
} as const satisfies Partial<Record<FleetRule, string>>;

const rules = ['bursts-unread', 'too-bursty', 'too-little-data'] as const satisfies readonly (keyof typeof whys)[];

/**
 * Projects without a verdict, as not examined, with what kept them from one. The whole may not say ok without any verdict, nor
 * where a project changed and nobody knows whether it means something.
 */
export function unjudged(verdicts: readonly FleetVerdict[]): readonly NotExamined[] {
  const isNone = verdicts.every(({ verdict }) => verdict === 'unknown');
  return rules.flatMap((rule) => {
    const unknown = verdicts.filter((one) => one.rule === rule).length;
    if (unknown === 0) return [];
    return [
      {
        what: `rate of ${counted(unknown, 'project')}`,
        why: whys[rule],
        required: isNone || rule === 'bursts-unread',
      },
    ];
  });
}
