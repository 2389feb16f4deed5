import { findings, type NotExamined } from '@cinecom/mcp-core';
import type { Ranking } from '../analysis/statement-ranking.ts';

/** What could not be compared, and why. */
export function gaps(
  input: { readonly by: string; readonly compare: string },
  found: { readonly usual: number; readonly before: unknown },
): readonly NotExamined[] {
  return [
    ...(found.usual === 0
      ? [
          {
            what: 'regressions',
            why: 'no snapshots of this hour in the last four weeks',
            required: input.by === 'regression',
          },
        ]
      : []),
    ...(input.compare !== 'none' && found.before === undefined
      ? [{ what: `comparison with ${input.compare}`, why: 'no snapshots of that time' }]
      : []),
  ];
}

/** The answer without pg_stat_statements: not ok, and how to have it. */
export function withoutExtension(by: Ranking) {
  return {
    ...findings({
      summary: 'statements are not counted on this server',
      findings: [],
      notExamined: [
        {
          what: 'statements',
          why: "pg_stat_statements is not installed in this database: shared_preload_libraries = 'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements",
          required: true,
        },
      ],
      window: 'none',
    }),
    by,
    statements: [],
    total: 0,
    totals: { calls: 0, totalMs: 0 },
    evictions: 0,
  };
}
