import { openSession } from '@cinecom/testbed';
import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClient, type PostgresClient } from './support/client.ts';

interface LintAnswer {
  readonly verdict: string;
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly evidence: string;
    readonly fix: string;
  }[];
  readonly notExamined: readonly { readonly what: string }[];
  readonly steps?: readonly {
    readonly statement: number;
    readonly target: string;
    readonly lock: string;
    readonly work: string;
  }[];
  readonly hits?: readonly { readonly rule: string; readonly object: string; readonly why: string }[];
}

const long = 'n'.repeat(63);
const planted = `
  CREATE TABLE "鍵なし" (id int, at timestamp);
  CREATE TABLE parent (id bigint PRIMARY KEY, code int UNIQUE);
  CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent, tags text[], done boolean, ${long} int, zoned timestamptz);
  ALTER TABLE child ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;
  ALTER TABLE child ADD CONSTRAINT twice FOREIGN KEY (parent) REFERENCES parent (code);
  CREATE INDEX child_tags ON child (tags); CREATE INDEX child_tags_gin ON child USING gin (tags);
  CREATE INDEX child_done ON child (done); CREATE INDEX child_open ON child (id) WHERE NOT done;
  CREATE TABLE big (id int PRIMARY KEY, n int, "列" varchar(10));
  INSERT INTO big SELECT n, n, repeat('x', 10) FROM generate_series(1, 200000) n; ANALYZE`;

describeWithEachMajor(
  'pg_schema_lint',
  (bed) => {
    let client: PostgresClient;
    beforeAll(async () => {
      await bed.server().query(planted, [], bed.database());
      client = await openClient(bed.url());
    });
    afterAll(() => client[Symbol.asyncDispose]());
    const ask = (args: Readonly<Record<string, unknown>> = {}) =>
      client.data<LintAnswer>('pg_schema_lint', { limit: 200, ...args });
    const ids = ({ findings }: LintAnswer) => findings.map(({ id, severity }) => `${severity} ${id}`);

    it('finds each weak point that was planted, and nothing that only looks like one', async () => {
      const { hits = [] } = await ask();
      expect(hits.map(({ rule, object }) => `${rule} ${object}`)).toEqual([
        'no_primary_key public."鍵なし"',
        'constraint_not_validated public.child.positive',
        'timestamp_without_zone public."鍵なし".at',
        'foreign_key_types_differ public.child.child_parent_fkey',
        'foreign_keys_intersect public.child.child_parent_fkey',
        'btree_on_array public.child_tags',
        'index_on_boolean public.child_done',
        `name_of_63_bytes public.child.${long}`,
      ]);
    });

    it('says what a migration locks and for how long, statement by statement, and how to do it safely', async () => {
      const answer = await ask({
        sql: `ALTER TABLE big ALTER n TYPE bigint; CREATE INDEX ON big (n);
              ALTER TABLE big ALTER "列" TYPE varchar(20); ALTER TABLE big ADD COLUMN note text`,
      });
      expect(answer.steps?.map(({ lock, work }) => `${lock} ${work}`)).toEqual([
        'ACCESS EXCLUSIVE rewrite',
        'SHARE build',
        'ACCESS EXCLUSIVE none',
        'ACCESS EXCLUSIVE none',
      ]);
      expect(ids(answer)).toEqual([
        'warning ddl_change_type',
        'warning ddl_create_index',
        'warning ddl_without_lock_timeout',
      ]);
      expect(answer.findings[0]?.evidence).toMatch(/blocks every read and write.*200,000 rows, 1[\d.]+ MB, about/);
      expect(answer.findings[1]?.fix).toContain('CREATE INDEX CONCURRENTLY');
    });

    it('is content with the safe form', async () => {
      const answer = await ask({
        sql: `SET lock_timeout = '3s'; ALTER TABLE big ADD CONSTRAINT n_there CHECK (n IS NOT NULL) NOT VALID;
              ALTER TABLE big VALIDATE CONSTRAINT n_there; CREATE INDEX CONCURRENTLY big_n ON big (n)`,
      });
      expect([answer.verdict, ids(answer)]).toEqual(['ok', []]);
    });

    it('sees a transaction that is in the way now', async () => {
      const holder = await openSession(bed.server(), { database: bed.database() });
      await holder.client.query('BEGIN; SELECT count(*) FROM big WHERE id = 1');
      const answer = await ask({ sql: 'ALTER TABLE big ALTER n SET NOT NULL' });
      await holder.end();
      expect(answer.findings[0]?.evidence).toMatch(/locks on it are held now by 1 session, the oldest transaction for/);
    });

    it.each([
      [
        'CONCURRENTLY in a transaction',
        'BEGIN; CREATE INDEX CONCURRENTLY x ON big (n); COMMIT',
        'critical ddl_concurrently_in_transaction',
      ],
      [
        'a column that has to have a value and has none',
        'ALTER TABLE big ADD COLUMN must int NOT NULL',
        'critical ddl_add_column',
      ],
      ['rows that are gone', "SET lock_timeout = '1s'; TRUNCATE big", 'warning ddl_truncate'],
      [
        'a name that clients use',
        "SET lock_timeout = '1s'; ALTER TABLE big RENAME COLUMN n TO m",
        'warning ddl_rename',
      ],
      ['all rows in one transaction', 'UPDATE big SET n = n + 1', 'info ddl_change_rows'],
    ])('tells %s', async (_what, sql, id) => {
      expect(ids(await ask({ sql }))).toContain(id);
    });

    it('claims nothing of what no rule knows', async () => {
      const answer = await ask({ sql: 'CREATE PUBLICATION everything FOR ALL TABLES' });
      expect(answer.verdict).toBe('unknown');
      expect(answer.notExamined).toMatchObject([{ what: 'statement 1: CreatePublicationStmt' }]);
    });

    it('runs nothing, whatever it is given', async () => {
      await ask({ sql: 'DROP TABLE big; CREATE TABLE made (id int)' });
      const tables = await bed
        .server()
        .query(`SELECT to_regclass('big') IS NOT NULL AND to_regclass('made') IS NULL AS kept`, [], bed.database());
      expect(tables).toEqual([{ kept: true }]);
      expect((await client.refusal('pg_schema_lint', { sql: 'ALTER TABLE (' })).text).toMatch(
        /^invalid_input: sql: syntax error/,
      );
    });
  },
  { majors: [13, 15, 18] },
);
