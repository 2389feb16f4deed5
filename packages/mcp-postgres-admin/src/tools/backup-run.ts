import { bytes, longWork, nextCall, quote, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { backupEvidence } from '../analysis/backup/evidence.ts';
import { defineTool } from '../tool.ts';
import { backupTaken, backupVerdict, renderTaken } from './backup-taken.ts';

export const backupRun = defineTool({
  name: 'pg_backup_run',
  title: 'Back up the database',
  description:
    'Backs up the database with the roles of its server, or the whole cluster, with a fingerprint of the content, and verifies what was written. After 40 s it goes on as an operation: pg_backup_status shows it, pg_cancel ends it.',
  searchHint: 'backup dump pg_dump save export database',
  risk: 'write',
  confirm: false,
  input: z.strictObject({
    kind: z.enum(['dump', 'base', 'pgbackrest']).default('dump').describe('dump: this database; others: the cluster'),
    type: z.enum(['full', 'diff', 'incr']).default('full').describe('others for pgbackrest only'),
    label: z.string().min(1).max(100).optional().describe('kept with it'),
  }),
  output: z.strictObject({
    verdict: z.enum(['ok', 'warning', 'critical', 'running']),
    operation: z.string(),
    taken: backupTaken.optional(),
  }),
  async plan({ kind, type, label }, { backend, signal }) {
    if (kind !== 'pgbackrest' && type !== 'full')
      throw new ToolError('invalid_input', `type: ${kind} is always full`, {
        hint: 'Leave type out, or use pgbackrest.',
      });
    const { database, systemId, store, program, ...space } = await backend.backupPreflight(
      { kind, type, label },
      signal,
    );
    return {
      summary: `back up ${kind === 'dump' ? '' : 'the cluster of '}database ${quote(database)} to ${quote(store)}`,
      steps: [
        kind === 'dump'
          ? `${quote(program)} of one snapshot, and the roles of the server, into a new folder`
          : `${quote(program)} of every database, with its WAL, into a new folder`,
        'write down SHA-256 of every file and a fingerprint of the content, then verify',
      ],
      targets: [{ type: 'database', id: database }],
      warnings: [`About ${bytes(space.expectedBytes)} are expected, ${bytes(space.freeBytes)} are free.`],
      undo: 'remove the folder: this server removes no backup',
      observed: { database, systemId, kind, type, label: label ?? null },
    };
  },
  async apply({ observed: { kind, type, label } }, call) {
    const { backend, clock, state } = call;
    const { operation, result } = await longWork(call, 'backup', async (work) => {
      const told = (done: number, total: number | undefined, text: string): void => work.progress(done, total, text);
      const taken = await backend.takeBackup({ kind, type, label: label ?? undefined }, told, work.signal);
      // The backup is there, whether or not it can be recorded.
      const evidence = await state.evidence({ ...backupEvidence(taken, clock.now()) }).catch(() => undefined);
      return { ...taken, evidence };
    });
    if (result === undefined) return { verdict: 'running' as const, operation };
    const taken = backupTaken.parse(result);
    return { verdict: backupVerdict(taken), operation, taken };
  },
  render({ operation, taken }) {
    if (taken !== undefined) return renderTaken(taken);
    return [`RUNNING: goes on as operation ${operation}`, nextCall('pg_backup_status', { operation })].join('\n');
  },
});
