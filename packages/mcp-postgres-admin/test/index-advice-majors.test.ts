import { describeWithEachMajor } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it } from 'vitest';
import { plantAdviceTables } from './support/advice-tables.ts';
import { openClient } from './support/client.ts';

describeWithEachMajor('pg_index_advice without hypopg', (bed) => {
  beforeAll(() => plantAdviceTables(bed));

  it('names the indexes that the texts ask for, and what it refuses', async () => {
    await using client = await openClient(bed.url());
    const { mode, indexes, refusals } = await client.data<{
      mode: string;
      indexes: { ddl: string; confidence: string; gain?: number }[];
      refusals: { table: string; why: string }[];
    }>('pg_index_advice', {
      source: 'queries',
      queries: [
        "SELECT * FROM tickets WHERE sold_at > '2026-03-01' AND shop_id = 7",
        "SELECT * FROM tickets WHERE code LIKE 'T0123%'",
        "SELECT * FROM tickets WHERE lower(buyer_email) = 'buyer77@example.com'",
        'SELECT * FROM tickets WHERE id = 4',
        'SELECT * FROM shops WHERE region = $1',
        'SELECT * FROM fresh WHERE kind = 1',
      ],
    });
    expect(mode).toBe('structural');
    expect(indexes.map(({ ddl }) => ddl.replace(/^.* ON public\./, ''))).toEqual([
      'tickets (shop_id, sold_at)',
      'tickets (code text_pattern_ops)',
      'tickets (lower(buyer_email))',
    ]);
    expect(indexes.map(({ confidence, gain }) => [confidence, gain])).toEqual(indexes.map(() => ['low', undefined]));
    expect(refusals.map(({ table, why }) => `${table} ${why}`)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^public.shops 400 rows/),
        expect.stringMatching(/^public.fresh never analysed/),
        expect.stringMatching(/^public.tickets a prefix of tickets_pkey/),
      ]),
    );
  });
});
