import { notRead, nothing, type Check } from './types.ts';

/** Whether statement statistics are kept at all; what they say is `pg_top_queries`. */
export const queries: Check = {
  name: 'queries',
  weight: 0,
  cheap: true,
  run({ facts }) {
    if (facts.extensions['pg_stat_statements'] !== undefined) return nothing;
    return notRead(
      'statements',
      "pg_stat_statements is not installed: shared_preload_libraries = 'pg_stat_statements', restart, CREATE EXTENSION pg_stat_statements",
    );
  },
};
