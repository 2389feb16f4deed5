import { counted, type Finding, type Severity } from '@cinecom/mcp-core';
import { type LintHit, type LintRule, lintRules } from '../../model/schema-lint.ts';

interface Meaning {
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
}

const meanings: Readonly<Record<LintRule, Meaning>> = {
  no_primary_key: {
    severity: 'warning',
    why: 'rows cannot be told apart: no logical replication of updates, no safe correction of one row',
    fix: 'Add one: CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX',
  },
  constraint_not_validated: {
    severity: 'warning',
    why: 'old rows may break it, and the planner does not trust it',
    fix: 'ALTER TABLE … VALIDATE CONSTRAINT: it reads all rows and stops nobody',
  },
  timestamp_without_zone: {
    severity: 'info',
    why: 'which moment is meant depends on who reads it',
    fix: 'timestamp with time zone, for new columns at least: changing the type writes all rows anew',
  },
  foreign_key_types_differ: {
    severity: 'info',
    why: 'a cast on one side can keep an index from being used, and the narrower side overflows first',
    fix: 'Give both the same type',
  },
  foreign_keys_intersect: {
    severity: 'info',
    why: 'a value has to fit both parents at once',
    fix: 'See whether that is meant; often one of the keys is enough',
  },
  btree_on_array: {
    severity: 'info',
    why: 'a btree finds only whole arrays, not those that contain a value',
    fix: 'USING gin, if queries ask with @> or ANY',
  },
  index_on_boolean: {
    severity: 'info',
    why: 'it tells only two values apart',
    fix: 'A partial index WHERE on the rarer value, on the columns that are asked for',
  },
  name_of_63_bytes: {
    severity: 'info',
    why: 'the server cuts names at 63 bytes, 21 Japanese characters: two long names can become one',
    fix: 'A shorter name',
  },
};

const shownNames = 5;

/** One finding a rule, with the first names. */
export function catalogFindings(hits: readonly LintHit[]): readonly Finding[] {
  return lintRules.flatMap((rule): Finding[] => {
    const own = hits.filter((hit) => hit.rule === rule);
    if (own.length === 0) return [];
    const { severity, why, fix } = meanings[rule];
    const names = own.slice(0, shownNames).map(({ object }) => object);
    const more = own.length > shownNames ? ', …' : '';
    return [
      {
        id: rule,
        severity,
        object: counted(own.length, 'object'),
        evidence: `${names.join(', ')}${more}: ${why}`,
        threshold: 'none',
        fix,
      },
    ];
  });
}
