import { counted, type NotExamined } from '@cinecom/mcp-core';
import type { FleetVerdict } from './fleet-project.ts';

/** Projects with too few errors for a verdict, as not examined; without any verdict the whole may not say ok. */
export function unjudged(verdicts: readonly FleetVerdict[]): readonly NotExamined[] {
  const unknown = verdicts.filter(({ verdict }) => verdict === 'unknown').length;
  if (unknown === 0) return [];
  return [
    {
      what: `rate of ${counted(unknown, 'project')}`,
      why: 'too few errors for a doubling to be seen with 80 %; a longer window decides',
      required: unknown === verdicts.length,
    },
  ];
}
