import { seedCinema } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { beforeAll, expect, it } from 'vitest';
import { openClient } from './support/client.ts';

describeWith({ major: 15 }, 'pg_index_advice', (bed) => {
  beforeAll(async () => {
    await seedCinema(bed.server(), { database: bed.database(), scale: 0.2, faults: false });
    await bed.server().query('CREATE EXTENSION hypopg', [], bed.database());
  });

  it('finds the index that the seat map lacks', async () => {
    await using client = await openClient(bed.url());
    const text = await client.ask('pg_index_advice', {
      source: 'queries',
      queries: ["SELECT seat_id FROM bookings WHERE screening_id = 42 AND status <> 'cancelled'"],
    });
    console.log(text);
    expect(text).toContain('(screening_id');
  });
});
