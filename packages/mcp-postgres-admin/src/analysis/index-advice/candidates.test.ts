import { describe, expect, it } from 'vitest';
import type { AdviceColumn, AdviceTable, ExistingIndex } from '../../model/index-advice.ts';
import { findCandidates } from './candidates.ts';
import { prepareWorkload, readWorkload } from './read-workload.ts';

function column(name: string, distinct: number, more: Partial<AdviceColumn> = {}): AdviceColumn {
  return {
    name,
    sql: name,
    type: 'integer',
    averageWidth: 4,
    nullFraction: 0,
    distinct,
    mostCommon: [],
    correlation: 0,
    ordered: true,
    patternClass: null,
    byteOrder: false,
    deduplicates: true,
    ...more,
  };
}

function tableOf(name: string, columns: readonly AdviceColumn[], indexes: readonly ExistingIndex[] = []): AdviceTable {
  return {
    oid: name,
    schema: 'public',
    name,
    sql: `public.${name}`,
    schemaSql: 'public',
    kind: 'r',
    rows: 100_000,
    pages: 5000,
    blockBytes: 8192,
    columns,
    indexes,
    writes: { inserted: 0, updated: 0, deleted: 0 },
    scans: 0,
    analysed: true,
    changedShare: 0,
  };
}

const primary: ExistingIndex = {
  name: 'films_pkey',
  method: 'btree',
  unique: true,
  valid: true,
  keys: ['id'],
  include: [],
  predicate: null,
};

const tables = [
  tableOf(
    'films',
    [
      column('id', 100_000),
      column('studio', 300),
      column('year', 80),
      column('note', 9000, { ordered: false }),
      column('state', 4, {
        type: 'text',
        mostCommon: [
          { value: 'live', share: 0.97 },
          { value: 'draft', share: 0.01 },
        ],
      }),
      column('hidden', 2, { type: 'boolean', mostCommon: [{ value: 't', share: 0.02 }] }),
      column('title', 90_000, { type: 'text', patternClass: 'text_pattern_ops' }),
      column('removed', 500, { nullFraction: 0.96 }),
    ],
    [primary],
  ),
  tableOf('cuts', [column('film', 50_000), column('minute', 200), column('studio', 300)]),
];

/** What follows ON of every candidate for a statement, the covering ones left out. */
async function candidates(sql: string): Promise<readonly string[]> {
  const read = await readWorkload([{ id: 'q1', sql, calls: 1, totalMs: undefined, rows: 0 }]);
  const found = read.names.map(({ schema, name }) =>
    tables.find((one) => one.name === name && (schema ?? 'public') === 'public'),
  );
  const { prepared } = prepareWorkload(read, found);
  return findCandidates(prepared.map(({ roles }) => roles))
    .filter(({ shape }) => shape.include.length === 0)
    .map(({ id }) => id.replace('ON public.', ''));
}

describe('candidates', () => {
  it('are the columns compared, in every order', async () => {
    expect(await candidates('SELECT * FROM films WHERE studio = 1 AND year = $1')).toEqual([
      'films (studio)',
      'films (studio, year)',
      'films (year)',
      'films (year, studio)',
    ]);
  });

  it('end with one range, never with two', async () => {
    const found = await candidates('SELECT * FROM films WHERE year > 2000 AND id < 9 AND studio = 1');
    expect(found).toContain('films (studio, year)');
    expect(found).toContain('films (studio, id)');
    expect(found.filter((text) => text.includes('year') && text.includes('id'))).toEqual([]);
  });

  it.each([
    ['an alias', 'SELECT * FROM films f WHERE f.studio = 1', 'films (studio)'],
    ['a list', 'SELECT * FROM films WHERE studio IN (1, 2, 3)', 'films (studio)'],
    ['a list of rows', 'SELECT * FROM films WHERE (studio, year) IN ((1, 2), (3, 4))', 'films (studio, year)'],
    ['an array', 'SELECT * FROM films WHERE studio = ANY ($1)', 'films (studio)'],
    ['the other side', 'SELECT * FROM films WHERE $1 = studio', 'films (studio)'],
    ['BETWEEN', 'SELECT * FROM films WHERE year BETWEEN 1 AND 2', 'films (year)'],
    ['the start of a text', "SELECT * FROM films WHERE title LIKE 'Ra%'", 'films (title text_pattern_ops)'],
    ['the number of a result', 'SELECT title, year FROM films WHERE studio = 1 ORDER BY 2', 'films (studio, year)'],
    ['the name of a result', 'SELECT year AS y FROM films WHERE studio = 1 ORDER BY y DESC', 'films (studio, year)'],
    ['opposite directions', 'SELECT * FROM films ORDER BY studio, year DESC', 'films (studio, year DESC)'],
    ['NULLs elsewhere', 'SELECT * FROM films ORDER BY year DESC NULLS LAST LIMIT 3', 'films (year NULLS FIRST)'],
    ['groups', 'SELECT studio, count(*) FROM films GROUP BY studio', 'films (studio)'],
    ['the greatest', 'SELECT max(year) FROM films WHERE studio = 1', 'films (studio, year)'],
    [
      'a page after a key',
      'SELECT * FROM films WHERE (studio, year) > (1, 2) ORDER BY studio, year',
      'films (studio, year)',
    ],
    ['a call', "SELECT * FROM films WHERE lower(title) = 'ran'", 'films (lower(title))'],
    ['an expression', 'SELECT * FROM films WHERE year + 1 = 2000', 'films ((year + 1))'],
    ['no value', 'SELECT * FROM films WHERE year IS NULL', 'films (year)'],
    ['a branch', 'SELECT * FROM films WHERE studio = 1 OR year = 3', 'films (year)'],
    ['a join', 'SELECT * FROM films f JOIN cuts c ON c.film = f.id WHERE f.studio = 3', 'cuts (film)'],
    ['a join by name', 'SELECT * FROM films JOIN cuts USING (studio)', 'cuts (studio)'],
    ['a join and a value', 'SELECT * FROM films f, cuts c WHERE c.film = f.id AND c.minute = 3', 'cuts (film, minute)'],
    ['a subquery', 'SELECT * FROM films WHERE id IN (SELECT film FROM cuts WHERE minute = 2)', 'cuts (minute, film)'],
    ['EXISTS', 'SELECT * FROM films f WHERE EXISTS (SELECT FROM cuts WHERE film = f.id)', 'cuts (film)'],
    ['an arm of UNION', 'SELECT id FROM films UNION SELECT film FROM cuts WHERE minute = 1', 'cuts (minute)'],
    ['WITH', 'WITH x AS (SELECT film FROM cuts WHERE minute = 1) SELECT * FROM x', 'cuts (minute)'],
    ['UPDATE', 'UPDATE films SET year = 1 WHERE studio = 4', 'films (studio)'],
    [
      'a rare state',
      "SELECT * FROM films WHERE state = 'draft' AND studio = 1",
      "films (studio) WHERE state = 'draft'",
    ],
    [
      'all but the usual',
      "SELECT * FROM films WHERE state <> 'live' ORDER BY year",
      "films (year) WHERE state <> 'live'",
    ],
    ['what is rarely true', 'SELECT * FROM films WHERE hidden ORDER BY year', 'films (year) WHERE hidden'],
    [
      'what is mostly missing',
      'SELECT * FROM films WHERE removed IS NOT NULL',
      'films (removed) WHERE removed IS NOT NULL',
    ],
  ])('know %s', async (_name, sql, expected) => {
    expect(await candidates(sql)).toContain(expected);
  });

  it.each([
    ['what an index has', 'SELECT * FROM films WHERE id = 4'],
    ['what cannot be ordered', 'SELECT * FROM films WHERE note = 3'],
    ['the end of a text', "SELECT * FROM films WHERE title LIKE '%n'"],
    ['columns of one table compared with each other', 'SELECT * FROM films WHERE studio = year'],
    ['a WITH of the name of a table', 'WITH films AS (SELECT 1 AS studio) SELECT * FROM films WHERE studio = 1'],
  ])('leave out %s', async (_name, sql) => {
    expect(await candidates(sql)).toEqual([]);
  });

  it('take no usual value for a state', async () => {
    const found = await candidates("SELECT * FROM films WHERE state = 'live' AND studio = 7 AND hidden = false");
    expect(found.filter((text) => text.includes('WHERE'))).toEqual([]);
  });
});
