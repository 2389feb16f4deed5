import { findings, findingsReport, nextCall, outside, renderFindings } from '@cinecom/mcp-core';
import * as z from 'zod';
import { replicationNotes } from '../analysis/replication/notes.ts';
import { rateFromMs, walRate } from '../analysis/replication/outlook.ts';
import { judgeReplication } from '../analysis/replication/report.ts';
import { hostRows, senderRows, slotRows } from '../analysis/replication/rows.ts';
import type { HostReplication } from '../model/replication.ts';
import { defineTool } from '../tool.ts';
import { sender, senderTable, server, serverTable, slot, slotTable } from './replication-tables.ts';
import { keptSnapshots, type KeptSnapshots } from './snapshots.ts';

const day = 86_400_000;

export const replication = defineTool({
  name: 'pg_replication',
  title: 'Replication and slots',
  description:
    'Are the standbys in step: lag by stage in bytes, paused replay, conflicts, timelines, cascades, slots and when they fill the disk or are lost, WAL archiving. Use for lag, a disk that WAL fills, or before a failover.',
  searchHint: 'postgres replication lag standby replica slot wal failover synchronous archive cascade',
  risk: 'read',
  input: z.strictObject({}),
  output: z.strictObject({
    ...findingsReport.shape,
    senders: z.array(sender),
    slots: z.array(slot),
    servers: z.array(server),
    notes: z.array(z.string()),
    synchronous: outside(z.string()).optional(),
    systemId: z.string(),
    timeline: z.int().optional(),
  }),
  async handle(_input, { backend, clock, settings, signal, state }) {
    const { own, standbys } = await backend.replication(signal);
    const kept = await keptSnapshots(state.store, await backend.facts(signal));
    const outlook = await outlookContext(kept, own, { now: clock.now(), capacity: settings.capacity });
    const report = judgeReplication(own, standbys, outlook);
    const { names, commit } = own.picture.synchronous;
    return {
      ...findings({ ...report, window: 'now' }),
      senders: [...senderRows(report.cluster)],
      slots: [...slotRows(report)],
      servers: [...hostRows(report.cluster)],
      notes: [...replicationNotes(own, outlook.walRate)],
      ...(names === '' || own.inRecovery ? {} : { synchronous: `${names} (synchronous_commit ${commit})` }),
      systemId: own.systemId,
      ...(own.timeline === null ? {} : { timeline: own.timeline }),
    };
  },
  render(report) {
    const [verdict = '', , ...rest] = renderFindings(report).split('\n');
    const next =
      rest.findLast((line) => line.startsWith('Next: ')) ??
      nextCall(report.verdict === 'ok' ? 'pg_overview' : 'pg_activity');
    const body = rest.filter((line) => !line.startsWith('Next: '));
    const identity = `System identifier ${report.systemId}, timeline ${report.timeline ?? 'not told'}.`;
    const waits = report.synchronous === undefined ? [] : [`Commits wait for ${report.synchronous}.`];
    const lines = [verdict, identity, ...waits, ...report.notes, ...body];
    if (report.servers.length > 0) lines.push('', 'Servers, each asked itself:', serverTable(report.servers));
    if (report.senders.length > 0) lines.push('', 'Senders, bytes behind the end of WAL:', senderTable(report.senders));
    if (report.slots.length > 0) lines.push('', 'Slots:', slotTable(report.slots));
    return [...lines, '', next].join('\n');
  },
});

async function outlookContext(
  kept: KeptSnapshots,
  own: HostReplication,
  { now, capacity }: { readonly now: number; readonly capacity: number | undefined },
) {
  const long = kept.entries.find((entry) => now - entry.at >= rateFromMs);
  const earlier = (await kept.near(now - day, now)) ?? (long && (await kept.read(long)));
  const newest = kept.entries.at(-1);
  const latest = newest && (await kept.read(newest));
  const rate =
    own.inRecovery || own.position === null || earlier === undefined || earlier.walBytes === null
      ? undefined
      : walRate({ at: earlier.at, walBytes: earlier.walBytes }, { at: own.at, walBytes: own.position });
  const used = latest?.databases.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0);
  const wal = Math.max(0, ...own.picture.slots.map((one) => one.retainedBytes ?? 0));
  return {
    walRate: rate,
    freeBytes: capacity === undefined || used === undefined ? undefined : Math.max(0, capacity - used - wal),
  };
}
