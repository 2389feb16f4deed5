import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWeakRole, guardAs, type GuardedRole, runScript, WEAK_ROLE } from '../test/beds.ts';
import { HOSTILE_SEED, PLANTED } from '../test/hostile-seed.ts';
import { HOSTILE_STATEMENTS } from '../test/hostile-statements.ts';
import { HOSTILE_TEXTS } from '../test/hostile-text.ts';
import { sessionState, watchedState } from '../test/watched-state.ts';
import { isGuardRefusal } from './refusal.ts';
import { beginGuarded, endGuarded } from './session/guarded-transaction.ts';
import { createOwnQuery } from './session/own-query.ts';
import { readPortal } from './session/read-portal.ts';

const signal = new AbortController().signal;

/** Nothing but the statements under test may write WAL. */
const QUIET = { autovacuum: 'off', wal_level: 'minimal', max_wal_senders: '0', checkpoint_timeout: '1d' };

describeWithEachMajor(
  'hostile statements',
  (bed, major) => {
    let watcher: Client;
    const guards = new Map<'superuser' | 'weak', GuardedRole>();

    beforeAll(async () => {
      await createWeakRole(bed.server());
      await runScript(bed.server(), bed.database(), HOSTILE_SEED);
      await runAs(bed.server().url('guard_planter', bed.database()), PLANTED);
      if (major < 14) {
        await runScript(
          bed.server(),
          bed.database(),
          'GRANT USAGE ON SCHEMA app TO PUBLIC;\nGRANT SELECT ON ALL TABLES IN SCHEMA app TO PUBLIC;\n',
        );
      }
      // planted index expressions run in maintenance too
      await runAs(bed.url(), `SET app.armed = 'no';\nANALYZE;\nVACUUM (FREEZE);\n`);
      await bed.server().query('CHECKPOINT');
      watcher = new Client(bed.url());
      await watcher.connect();
      guards.set('superuser', guardAs(bed.url()));
      guards.set('weak', guardAs(bed.server().url(WEAK_ROLE, bed.database())));
    });

    afterAll(async () => {
      await watcher.end();
      for (const { pool } of guards.values()) await pool.end();
    });

    for (const role of ['superuser', 'weak'] as const) {
      it(`are all refused to the ${role} role, with a reason, and leave nothing`, async () => {
        const guard = guards.get(role);
        if (guard === undefined) throw new Error('no guard');
        const wrong: string[] = [];
        const before = await watchedState(watcher);
        const session = await sessionState(guard.pool);
        const statements = HOSTILE_STATEMENTS.filter(
          ({ since = 0, only }) => since <= major && (only ?? role) === role,
        );
        for (const { sql, rules } of [
          ...statements,
          ...HOSTILE_TEXTS.map(({ sql, rule }) => ({ sql, rules: [rule] })),
        ]) {
          const outcome: unknown = await guard.run(sql, { signal }).catch((error: unknown) => error);
          if (!isGuardRefusal(outcome)) wrong.push(`ran: ${sql}: ${JSON.stringify(outcome)} ${String(outcome)}`);
          else if (!rules.includes(outcome.rule)) wrong.push(`${outcome.rule}: ${sql}: ${outcome.message}`);
          else if (outcome.message === '' || outcome.instead === '') wrong.push(`no reason: ${sql}`);
        }
        expect(wrong).toEqual([]);
        expect(await watchedState(watcher)).toEqual(before);
        expect(await sessionState(guard.pool)).toEqual(session);
      });
    }

    for (const role of ['superuser', 'weak'] as const) {
      it(`change nothing for the ${role} role even past the checks, where the server itself holds`, async () => {
        const { pool } = guards.get(role) ?? guardAs(bed.url());
        let before = JSON.stringify(await watchedState(watcher));
        const session = JSON.stringify(await sessionState(pool));
        const changed: string[] = [];
        for (const { sql } of HOSTILE_TEXTS) {
          if (/^(EXPLAIN ANALYZE )?DECLARE/.test(sql) || SERVER_LETS_THROUGH.test(sql)) continue;
          const client = await pool.connect();
          try {
            const query = createOwnQuery(client, false);
            const { restoreSettings } = await beginGuarded(query, { statementMs: 5_000, lockMs: 1_000 });
            await restoreSettings();
            await readPortal(client, sql, [], { maxRows: 10, maxBytes: 1_000, maxValueLength: 10 }).catch(() => {});
            await endGuarded(client);
          } finally {
            client.release();
          }
          const after = JSON.stringify(await watchedState(watcher));
          if (after !== before) changed.push(sql);
          before = after;
          if (JSON.stringify(await sessionState(pool)) !== session) changed.push(`session: ${sql}`);
        }
        expect(changed).toEqual([]);
      });
    }
  },
  { settings: QUIET },
);

/** A read-only transaction is no guard against these: only the parser stands before them. */
const SERVER_LETS_THROUGH = /^(COPY|CHECKPOINT|REINDEX|LOAD|PREPARE|VACUUM|EXPLAIN .*CREATE)/;

async function runAs(url: string, script: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  for (const statement of script.split(/;\n/).map((text) => text.trim())) {
    if (statement !== '') await client.query(statement);
  }
  await client.end();
}
