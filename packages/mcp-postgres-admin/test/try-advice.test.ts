import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it } from 'vitest';
import { tryAdvice } from '../src/backend/backup/try-advice.ts';
import { type PostgresSettings, postgresSettings } from '../src/settings.ts';

describeWith({ major: 15 }, 'advice on a copy', (bed) => {
  beforeAll(async () => {
    await bed.server().query(
      `CREATE TABLE "座席" (id int, kind int, note text);
       INSERT INTO "座席" SELECT n, n % 1000, repeat('x', 100) FROM generate_series(1, 100000) n`,
      [],
      bed.database(),
    );
  });

  it('is built, its statements are timed before and after, and what cannot be timed is told', async () => {
    const defaults = Object.entries(postgresSettings).map(([name, { schema }]) => [
      name,
      schema.safeParse(undefined).data,
    ]);
    const settings = { ...Object.fromEntries(defaults), connection: bed.url() } as PostgresSettings;
    const one = (id: string, sql: string) => ({ id, sql, before: 2600, after: 100 });
    const advice = {
      indexes: ['CREATE INDEX CONCURRENTLY kind_idx ON public."座席" (kind)'],
      statements: [
        one('good', 'SELECT id FROM "座席" WHERE kind = 7'),
        one('any', 'SELECT id FROM "座席" WHERE kind = $1'),
        one('changing', 'DELETE FROM "座席" WHERE kind = 7'),
      ],
    };
    const trial = await tryAdvice(bed.url(), advice, settings, AbortSignal.timeout(30_000));
    expect(trial.built).toMatchObject([{ ddl: advice.indexes[0] }]);
    const { bytes } = (
      await bed
        .server()
        .query<{ bytes: number }>(`SELECT pg_relation_size('kind_idx')::float8 AS bytes`, [], bed.database())
    )[0]!;
    expect(trial.built[0]?.bytes).toBeGreaterThanOrEqual(bytes);
    expect(trial.timed.map(({ id }) => id)).toEqual(['good']);
    expect(trial.skipped).toMatchObject([
      { id: 'any', why: 'its values are not known' },
      { id: 'changing', why: expect.stringContaining('DELETE') as string },
    ]);
    const rows = await bed.server().query('SELECT count(*)::int AS n FROM "座席"', [], bed.database());
    expect(rows).toEqual([{ n: 100_000 }]);
  });
});
