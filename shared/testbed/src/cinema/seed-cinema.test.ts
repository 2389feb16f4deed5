import { expect, it } from 'vitest';
import { describeWith, describeWithEachMajor } from '../vitest.ts';
import { seedCinema } from './seed-cinema.ts';

const counts = `SELECT (SELECT count(*)::int FROM bookings) AS bookings, (SELECT count(*)::int FROM payments) AS payments,
  (SELECT md5(string_agg(b::text, '' ORDER BY id)) FROM bookings b) AS digest,
  (SELECT count(*)::int FROM bookings WHERE screening_id IN (SELECT id FROM screenings WHERE movie_id <= 14)) AS popular`;

describeWithEachMajor(
  'a seeded cinema',
  ({ server, database }) => {
    it('holds the same rows on every version', async () => {
      await seedCinema(server(), { database: database(), scale: 0.01 });
      expect(await server().query(counts, [], database())).toMatchInlineSnapshot(`
        [
          {
            "bookings": 5000,
            "digest": "7ff962fe14938a2bde5b07028aecdbf1",
            "payments": 3993,
            "popular": 1946,
          },
        ]
      `);
    });
  },
  { majors: [13, 18] },
);

describeWith({}, 'the planted faults', ({ server, database }) => {
  const ask = async (sql: string) => (await server().query(sql, [], database()))[0];

  it('are what they say', async () => {
    await seedCinema(server(), { database: database(), scale: 0.02 });
    expect(
      await ask(
        "SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'reviews_customer_id_movie_id_key'::regclass",
      ),
    ).toEqual({ valid: false });
    expect(await ask("SELECT last_value::int FROM pg_sequences WHERE sequencename = 'daily_closings_id_seq'")).toEqual({
      last_value: 32_100,
    });
    expect(
      await ask(
        'SELECT count(*)::int AS overdue FROM pg_stat_user_tables WHERE n_dead_tup > 4 * (50 + 0.2 * n_live_tup)',
      ),
    ).toEqual({ overdue: 8 });
    expect(
      await ask(`SELECT count(*)::int AS indexes FROM pg_index WHERE indrelid = 'bookings'::regclass
        AND indkey[0] = (SELECT attnum FROM pg_attribute WHERE attrelid = 'bookings'::regclass AND attname = 'screening_id')`),
    ).toEqual({ indexes: 0 });
  });

  it('can be left out', async () => {
    const { database: sound } = await seedCinema(server(), { scale: 0.01, faults: false });
    const [row] = await server().query("SELECT to_regclass('daily_closings') AS planted", [], sound);
    await server().dropDatabase(sound);
    expect(row).toEqual({ planted: null });
  });
});
