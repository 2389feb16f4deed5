import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { plantAdviceTables } from './support/advice-tables.ts';
import { openClient, type PostgresClient } from './support/client.ts';

interface Advice {
  readonly verdict: string;
  readonly mode: string;
  readonly adviceId?: string;
  readonly indexes: readonly {
    readonly ddl: string;
    readonly undo: string;
    readonly bytes: number;
    readonly gain?: number;
    readonly confidence: string;
    readonly why: string;
    readonly warnings: readonly string[];
    readonly statements: readonly { readonly before: number; readonly after: number }[];
  }[];
  readonly refusals: readonly { readonly table: string; readonly index?: string; readonly why: string }[];
  readonly notExamined: readonly { readonly what: string; readonly why: string }[];
}

const asked = (client: PostgresClient, queries: readonly string[], more: object = {}): Promise<Advice> =>
  client.data<Advice>('pg_index_advice', { source: 'queries', queries, ...more });

/** What follows ON, without the schema. */
const shapes = ({ indexes }: Advice): readonly string[] =>
  indexes.map(({ ddl }) => ddl.replace(/^CREATE INDEX CONCURRENTLY .*? ON public\./, ''));

describeWith({ major: 15 }, 'pg_index_advice', (bed) => {
  beforeAll(async () => {
    await plantAdviceTables(bed);
    await bed.server().query('CREATE EXTENSION hypopg', [], bed.database());
  });

  describe('advises the index that is right', () => {
    it.each([
      [
        'the column compared before the range',
        ["SELECT * FROM tickets WHERE sold_at > '2026-03-01' AND shop_id = 7"],
        ['tickets (shop_id, sold_at)'],
      ],
      [
        'one that serves the order too',
        ['SELECT * FROM tickets WHERE shop_id = 7 ORDER BY sold_at DESC LIMIT 10'],
        ['tickets (shop_id, sold_at)'],
      ],
      [
        'one for both, ordered so that both find their rows',
        ['SELECT * FROM tickets WHERE shop_id = 7 AND price_yen = 300', 'SELECT * FROM tickets WHERE price_yen = 300'],
        ['tickets (price_yen, shop_id)'],
      ],
      [
        'directions that a mixed order needs',
        ['SELECT * FROM tickets ORDER BY price_yen DESC, sold_at LIMIT 10'],
        ['tickets (price_yen, sold_at DESC)'],
      ],
      [
        'the pattern operators for the start of a text',
        ["SELECT * FROM tickets WHERE code LIKE 'T0123%'"],
        ['tickets (code text_pattern_ops)'],
      ],
      [
        'the plain column where the collation compares bytes',
        ["SELECT * FROM tickets WHERE plain_code LIKE 'T0123%'"],
        ['tickets (plain_code)'],
      ],
      [
        'the expression that is compared',
        ["SELECT * FROM tickets WHERE lower(buyer_email) = 'buyer77@example.com'"],
        ['tickets (lower(buyer_email))'],
      ],
      [
        'the few rows in a state that statements ask for',
        ["SELECT * FROM tickets WHERE state = 'failed' ORDER BY sold_at LIMIT 20"],
        ["tickets (sold_at) WHERE state = 'failed'"],
      ],
      [
        'a column that is only carried, where rows need not be read',
        ['SELECT price_yen FROM tickets WHERE shop_id = 7'],
        ['tickets (shop_id) INCLUDE (price_yen)'],
      ],
      [
        'names as they are',
        [`SELECT * FROM "売上 Daily" WHERE "Shop Id" = 3 AND "日付" >= '2024-01-01'`],
        ['"売上 Daily" ("Shop Id", "日付") INCLUDE ("Id", yen)'],
      ],
      [
        'the row that an UPDATE looks for',
        ["UPDATE tickets SET paid = true WHERE code = 'T000007'"],
        ['tickets (code)'],
      ],
    ])('%s', async (_name, queries, expected) => {
      await using client = await openClient(bed.url());
      expect(shapes(await asked(client, queries))).toEqual(expected);
    });
  });

  it('advises nothing where nothing helps, and says why', async () => {
    await using client = await openClient(bed.url());
    const advice = await asked(client, [
      'SELECT * FROM tickets WHERE id = 5',
      'SELECT price_yen FROM tickets WHERE id = 5',
      'SELECT avg(price_yen) FROM tickets WHERE length(code) > 3',
      'SELECT * FROM tickets WHERE paid',
    ]);
    expect([advice.verdict, advice.indexes]).toEqual(['ok', []]);
    expect(advice.refusals).toContainEqual(
      expect.objectContaining({ index: 'ON public.tickets (paid)', why: expect.stringContaining('low selectivity') }),
    );
  });

  it.each([
    ['a small table', "SELECT * FROM shops WHERE region = 'region 1'", /400 rows .*small/],
    ['a table that nobody analysed', 'SELECT * FROM fresh WHERE kind = 3', /never analysed/],
    ['a table that is only written', "INSERT INTO journal VALUES (now(), 'x')", /only written/],
    [
      'what an index already begins with',
      'SELECT * FROM tickets WHERE id BETWEEN 5 AND 90000',
      /prefix of tickets_pkey/,
    ],
  ])('refuses %s', async (_name, query, why) => {
    await using client = await openClient(bed.url());
    const { indexes, refusals } = await asked(client, [query]);
    expect(indexes).toEqual([]);
    expect(refusals.map((refusal) => refusal.why).join('\n')).toMatch(why);
  });

  it('refuses a gain under minGain, and tells it', async () => {
    await using client = await openClient(bed.url());
    const query = "SELECT * FROM tickets WHERE sold_at > '2026-03-20'";
    const [index] = (await asked(client, [query], { minGain: 1 })).indexes;
    expect(index?.gain).toBeLessThan(0.9);
    const { indexes, refusals } = await asked(client, [query], { minGain: 95 });
    expect(indexes).toEqual([]);
    expect(refusals.map(({ why }) => why).join()).toContain('under 95 %');
  });

  it('gives the same advice each time, with statements to take it back, and keeps it by its id', async () => {
    await using client = await openClient(bed.url());
    const queries = [
      'SELECT * FROM tickets WHERE shop_id = 7 AND price_yen = 300',
      "SELECT * FROM tickets WHERE code LIKE 'T0123%' OR seat = 4",
      'SELECT s.name, count(*) FROM shops s JOIN tickets t ON t.shop_id = s.id WHERE t.seat = 12 GROUP BY s.name',
    ];
    const first = await asked(client, queries);
    expect(await asked(client, queries)).toEqual(first);
    expect(first.adviceId).toMatch(/^[0-9a-f]{12}$/);
    for (const { ddl, undo } of first.indexes) {
      await bed.server().query(ddl.replace('CONCURRENTLY ', ''), [], bed.database());
      await bed.server().query(undo.replace('CONCURRENTLY ', ''), [], bed.database());
    }
  });

  it.each([
    ['values that many rows share', 'SELECT * FROM tickets WHERE shop_id = 7'],
    ['values of their own', "SELECT * FROM tickets WHERE sold_at > '2026-04-20'"],
    ['carried columns', 'SELECT price_yen FROM tickets WHERE shop_id = 7'],
    ['expressions', "SELECT * FROM tickets WHERE lower(buyer_email) = 'buyer77@example.com'"],
    ['few rows', "SELECT * FROM tickets WHERE state = 'failed' ORDER BY sold_at LIMIT 20"],
  ])('tells the size of an index of %s before it is built', async (_name, query) => {
    await using client = await openClient(bed.url());
    const [index] = (await asked(client, [query])).indexes;
    const name = /CONCURRENTLY (\S+) ON/.exec(index?.ddl ?? '')?.[1];
    await bed.server().query(index?.ddl.replace('CONCURRENTLY ', '') ?? '', [], bed.database());
    const [built] = await bed
      .server()
      .query<{ bytes: number }>('SELECT pg_relation_size($1::regclass)::float8 AS bytes', [name], bed.database());
    await bed.server().query(index?.undo.replace('CONCURRENTLY ', '') ?? '', [], bed.database());
    expect((index?.bytes ?? 0) / (built?.bytes ?? 1)).toBeGreaterThan(0.75);
    expect((index?.bytes ?? 0) / (built?.bytes ?? 1)).toBeLessThan(1.25);
  });

  it('leaves nothing behind on the connection', async () => {
    await using client = await openClient(bed.url());
    await asked(client, ['SELECT * FROM tickets WHERE shop_id = 7']);
    const { rows } = await client.data<{ rows: number[][] }>('pg_query', {
      sql: 'SELECT count(*)::int FROM pg_prepared_statements',
    });
    expect(rows).toEqual([[0]]);
    expect(await client.ask('pg_explain', { sql: 'SELECT * FROM tickets WHERE shop_id = 7' })).toContain('Seq Scan');
  });

  it('never plans what the guard would not run, nor two statements in one text', async () => {
    await using client = await openClient(bed.url());
    const { notExamined, indexes } = await asked(client, [
      "SELECT * FROM tickets WHERE code = pg_read_file('/etc/passwd')",
      'SELECT * FROM tickets WHERE shop_id = 1; DROP TABLE tickets',
      "UPDATE tickets SET paid = false WHERE code = database_to_xml(true, true, '')::text",
      'VACUUM tickets',
    ]);
    expect(indexes).toEqual([]);
    expect(notExamined.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      expect.stringMatching(/q1.*pg_read_file/),
      expect.stringMatching(/q3.*database_to_xml/),
      expect.stringMatching(/q2.*one statement/),
      expect.stringMatching(/q4.*no SELECT/),
    ]);
  });

  it('wants the statements that it is asked about', async () => {
    await using client = await openClient(bed.url());
    const { code, text } = await client.refusal('pg_index_advice', { source: 'queries' });
    expect([code, text.includes('queries')]).toEqual(['invalid_input', true]);
  });
});
