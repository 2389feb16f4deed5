import { connect, tempState } from '@cinecom/mcp-core/testing';
import { describe, expect, it } from 'vitest';
import { healthy, healthyFacts, moment } from '../../test/support/reading.ts';
import type { PostgresBackend } from '../backend/port.ts';
import type { DatabaseCounters } from '../model/health.ts';
import { server } from '../server.ts';

const day = 86_400_000;
const gigabyte = 1e9;

/** A database of 10 GB that grows by 100 MB a day while its rows never become more: it only bloats. */
function sizedAt(at: number): readonly DatabaseCounters[] {
  const { databases } = healthy();
  const [one] = 'value' in databases ? databases.value : [];
  return one === undefined ? [] : [{ ...one, sizeBytes: 10 * gigabyte + ((at - moment) / day) * 1e8 }];
}

function backendAt(now: () => number): PostgresBackend {
  const sized = () => ({ at: now(), systemId: healthyFacts.systemId, databases: sizedAt(now()) });
  return {
    facts: async () => healthyFacts,
    snapshot: async () => ({ ...sized(), tables: [], indexes: [], slots: [] }),
    storage: async () => ({
      ...sized(),
      facts: healthyFacts,
      items: { value: [{ name: 'cinema', bytes: sizedAt(now())[0]?.sizeBytes ?? 0 }] },
      wal: { value: { bytes: 0, maxBytes: gigabyte, ready: null } },
    }),
    close: async () => undefined,
  } as unknown as PostgresBackend;
}

describe('pg_storage over kept days', () => {
  it('tells when the disk is full from totals, where rows alone would say never', async () => {
    let now = moment;
    const backend = backendAt(() => now);
    await using state = await tempState();
    await using connected = await connect(
      { ...server, connect: async () => backend },
      {
        era: 'modern',
        argv: ['--rate', '0', '--capacity', String(20 * gigabyte)],
        env: { DATABASE_URL: 'postgresql://reader@localhost/cinema', ...state.env },
        clock: { now: () => now },
      },
    );
    const ask = async () =>
      (
        await connected.client.callTool({
          name: 'pg_storage',
          arguments: {},
          _meta: { 'cinecom/results': 'structured' },
        })
      ).structuredContent;
    for (; now < moment + 30 * day; now += day) await ask();
    const answer = await ask();
    // 13 GB now, 7 GB left at 0.1 GB a day: the answer is known without any statistics.
    expect(answer).toMatchObject({
      daysToFull: { low: 70, middle: 70, high: 70 },
      rows: [{ name: 'cinema', change: 7e8 }],
      findings: [{ id: 'disk_full_soon', severity: 'info' }],
    });
    const { atHorizon, daily } = answer as { atHorizon: { middle: number }; daily: readonly unknown[] };
    expect(atHorizon.middle / gigabyte).toBeCloseTo(22, 3);
    expect(daily).toHaveLength(31);
  });
});
