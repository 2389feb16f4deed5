import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { FunctionFact } from './catalog/facts.ts';
import { judgeFunction } from './catalog/judge-function.ts';
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

    it('call no built-in operator, cast or ordering that needs a look of its own', async () => {
      const bound = await bed.server().query<FunctionFact>(
        `SELECT p.oid::int AS oid, 'pg_catalog' AS schema, p.proname AS name, p.prokind AS kind, p.provolatile AS volatility,
           'internal' AS language, true AS "superuserOwned", false AS "lowLevel"
         FROM pg_proc p WHERE p.oid < 16384 AND (p.oid IN (SELECT oprcode FROM pg_operator) OR p.oid IN (SELECT castfunc FROM pg_cast)
           OR p.oid IN (SELECT amproc FROM pg_amproc WHERE amprocfamily IN (SELECT oid FROM pg_opfamily WHERE opfmethod IN (403, 405))))`,
      );
      expect(bound.length).toBeGreaterThan(500);
      const refused = bound.filter((fact) => judgeFunction(fact, 'reached', () => false) !== undefined);
      expect(refused.map(({ name }) => name)).toEqual([]);
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
