import { describe, expect, it } from 'vitest';
import { readingForm } from './reading-form.ts';
import { tokens } from './tokens.ts';

async function sqlOf(sql: string, rowsPerCall?: number): Promise<string | undefined> {
  const form = await readingForm(sql, rowsPerCall);
  return 'why' in form ? `why: ${form.why}` : form.sql?.replaceAll(/\s+/g, ' ').trim();
}

describe('the form of a statement that only reads', () => {
  it.each([
    ['SELECT * FROM t WHERE a = $3 AND b = $1;', 'SELECT * FROM t WHERE a = $1 AND b = $2'],
    ['UPDATE t SET a = $1, b = now() WHERE id = $2 RETURNING a', 'SELECT * FROM t WHERE id = $1'],
    ['UPDATE ONLY "映画" AS m SET a = b IS DISTINCT FROM c', 'SELECT * FROM ONLY "映画" AS m'],
    [
      'UPDATE t SET a = u.a FROM u WHERE u.id = t.id AND u.x = $1',
      'SELECT * FROM t , u WHERE u.id = t.id AND u.x = $1',
    ],
    ['DELETE FROM t WHERE at < $1', 'SELECT * FROM t WHERE at < $1'],
    ['DELETE FROM t USING u WHERE u.id = t.id', 'SELECT * FROM t , u WHERE u.id = t.id'],
    [
      'WITH old AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM old)',
      'WITH old AS (SELECT 1 AS id) SELECT * FROM t WHERE id IN (SELECT id FROM old)',
    ],
    [
      'INSERT INTO t (a) SELECT b FROM u WHERE c = $1 ON CONFLICT DO NOTHING RETURNING a',
      'SELECT b FROM u WHERE c = $1',
    ],
    ['INSERT INTO t VALUES ($1, $2)', undefined],
    ['SELECT * FROM t WHERE a = 1 FOR NO KEY UPDATE OF t SKIP LOCKED LIMIT 3', 'SELECT * FROM t WHERE a = 1 LIMIT 3'],
    [
      'UPDATE jobs SET s = $1 WHERE id = (SELECT id FROM jobs WHERE s = $2 ORDER BY at LIMIT $3 FOR UPDATE SKIP LOCKED)',
      'SELECT * FROM jobs WHERE id = (SELECT id FROM jobs WHERE s = $1 ORDER BY at LIMIT $2 )',
    ],
  ])('%s', async (given, expected) => {
    expect(await sqlOf(given)).toBe(expected);
  });

  it('takes the rows that calls return for a limit that is not known', async () => {
    expect(await sqlOf('SELECT * FROM t WHERE a = $1 ORDER BY b LIMIT $2 OFFSET $3', 20.3)).toBe(
      'SELECT * FROM t WHERE a = $1 ORDER BY b LIMIT 20 OFFSET 0',
    );
  });

  it('writes a cast where the statistics left a type before a parameter', async () => {
    expect(await sqlOf('SELECT * FROM t WHERE at > now() - interval $1')).toBe(
      'SELECT * FROM t WHERE at > now() - $1::interval',
    );
  });

  it('says what it cannot read', async () => {
    expect(await sqlOf('SELECT 1; SELECT 2')).toContain('not one statement');
    expect(await sqlOf('VACUUM t')).toContain('no SELECT');
    expect(await sqlOf('SELEC 1')).toContain('syntax error');
  });
});

it('sees no words inside of literals, names and comments', () => {
  const seen = tokens(`a 'b''c' E'\\'d' $q$ e $q$ "f" /* g /* h */ i */ -- j
    $1 k1`);
  expect(seen.filter(({ kind }) => kind === 'word').map(({ word }) => word)).toEqual(['a', 'k1']);
});
