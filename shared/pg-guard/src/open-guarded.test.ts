import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWeakRole, guardAs, type GuardedRole, runScript, WEAK_ROLE } from '../test/beds.ts';
import { ORDINARY_SEED, READING_GRANTS } from '../test/ordinary-seed.ts';
import { ORDINARY_STATEMENTS } from '../test/ordinary-statements.ts';

const signal = new AbortController().signal;

describeWithEachMajor(
  'ordinary analytics',
  (bed, major) => {
    const guards = new Map<string, GuardedRole>();

    beforeAll(async () => {
      await createWeakRole(bed.server());
      await runScript(bed.server(), bed.database(), ORDINARY_SEED + (major < 14 ? READING_GRANTS : ''));
      guards.set('superuser', guardAs(bed.url()));
      guards.set('weak role', guardAs(bed.server().url(WEAK_ROLE, bed.database())));
    });

    afterAll(async () => {
      for (const { pool } of guards.values()) await pool.end();
    });

    for (const role of ['superuser', 'weak role']) {
      it(`all pass and run as ${role}`, async () => {
        const refused: string[] = [];
        for (const { sql, parameters = [], since = 0 } of ORDINARY_STATEMENTS) {
          if (since > major) continue;
          await guards
            .get(role)
            ?.run(sql, { parameters, signal })
            .catch((error: unknown) => refused.push(`${String(error)}: ${sql}`));
        }
        expect(refused).toEqual([]);
      });
    }
  },
  { settings: {} },
);
