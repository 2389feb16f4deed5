import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithEachPrometheus } from '@cinecom/testbed/vitest';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { appliesTo, checkQuery, printExpr } from '../src/index.ts';
import { mutate, randomQuery, seeded } from './random-query.ts';

const corpus = join(import.meta.dirname, '../../../../shared/data/promrules');
const versions = { 2: '2.42', 3: '3.16' } as const;
const queries = 1500;

async function formatQuery(url: string, query: string): Promise<{ readonly text?: string; readonly error?: string }> {
  const reply = await fetch(`${url}/api/v1/format_query`, { method: 'POST', body: new URLSearchParams({ query }) });
  const body = (await reply.json()) as { readonly status: string; readonly data?: string; readonly error?: string };
  return body.status === 'success' ? { text: body.data! } : { error: body.error! };
}

describeWithEachPrometheus({}, 'the server as the authority on PromQL', (bed, generation) => {
  it(
    'rejects nothing of a fuzzed corpus that is not found offline, and reads what is printed as what was read',
    { timeout: 120_000 },
    async () => {
      const random = seeded(generation);
      const missed: string[] = [];
      const misprinted: string[] = [];
      let rejected = 0;
      for (let count = 0; count < queries; count += 1) {
        const whole = randomQuery(random, generation);
        const query = random() < 0.6 ? mutate(random, whole) : whole;
        const [answer, { expr, problems, variables }] = [await formatQuery(bed.server().url, query), checkQuery(query)];
        const wrong = problems.filter((one) => appliesTo(one, versions[generation]) || one.since === 'unknown');
        if (answer.error !== undefined) {
          rejected += 1;
          if (wrong.length === 0 && variables.length === 0) missed.push(`${query}: ${answer.error}`);
        } else if (expr !== undefined && wrong.length === 0) {
          const printed = await formatQuery(bed.server().url, printExpr(expr));
          if (printed.text !== answer.text) misprinted.push(`${query}: ${printExpr(expr)}`);
        }
      }
      expect({ missed, misprinted }).toEqual({ missed: [], misprinted: [] });
      expect(rejected).toBeGreaterThan(queries / 4);
      expect(rejected).toBeLessThan((queries * 9) / 10);
    },
  );
});

describe.skipIf(!existsSync(corpus))('public rule files', () => {
  it('have no finding of syntax or type, which promtool has neither', () => {
    const expressions = readdirSync(corpus)
      .filter((name) => /\.ya?ml$/.test(name))
      .flatMap((name) => {
        const file = parse(readFileSync(join(corpus, name), 'utf8')) as { groups: { rules: { expr: unknown }[] }[] };
        return file.groups.flatMap(({ rules }) => rules.map(({ expr }) => String(expr)));
      });
    expect(expressions.length).toBeGreaterThan(200);
    expect(expressions.flatMap((text) => checkQuery(text).problems)).toEqual([]);
  });
});
