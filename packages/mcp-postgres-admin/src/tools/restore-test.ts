import { longWork, nextCall, quote } from '@cinecom/mcp-core';
import * as z from 'zod';
import { restoreEvidence } from '../analysis/backup/evidence.ts';
import { defineTool } from '../tool.ts';
import { readAdvice } from './advice-store.ts';
import { renderTested, restoreTested, restoreVerdict } from './restore-tested.ts';

export const restoreTest = defineTool({
  name: 'pg_restore_test',
  title: 'Test a restore',
  description:
    'Proves a backup: restores it into a scratch server without network, compares rows, definitions, rights and sequences with the source, runs amcheck and own checks, removes the copy. Answers faithful or not, differences, RTO by step, RPO.',
  searchHint: 'restore recovery test verify backup drill RTO RPO amcheck',
  risk: 'write',
  confirm: false,
  input: z.strictObject({
    backup: z
      .string()
      .regex(/^(latest|\d{8}T\d{9}Z-[0-9a-f]{6}|\d{8}-\d{6}F(_\d{8}-\d{6}[DI])?)$/, 'expected latest or an id')
      .default('latest')
      .describe('latest, or an id of pg_backup_status'),
    targetTime: z.iso.datetime({ offset: true }).optional().describe('recover to it, pgbackrest only'),
    sample: z.int().min(1).max(100).default(100).describe('percent of the tables whose rows are compared'),
    adviceId: z
      .string()
      .regex(/^[0-9a-f]{12}$/, 'expected the id that pg_index_advice gave')
      .optional()
      .describe('try its indexes on the copy'),
  }),
  output: z.strictObject({
    verdict: z.enum(['ok', 'warning', 'critical', 'unknown', 'running']),
    operation: z.string(),
    tested: restoreTested.optional(),
  }),
  async plan({ backup, targetTime, sample, adviceId }, { backend, signal, state }) {
    if (adviceId !== undefined) await readAdvice(state.store, adviceId, await backend.facts(signal));
    const request = { backup: backup === 'latest' ? undefined : backup, targetTime, sample };
    const { id, database, scratch } = await backend.restorePreflight(request, signal);
    return {
      summary: `restore backup ${id} of database ${quote(database)} into a scratch server and compare it`,
      steps: [
        `start a server without network below ${quote(scratch)}`,
        'restore, check and compare',
        ...(adviceId === undefined ? [] : ['build the advised indexes there and time the statements']),
        'remove it again',
      ],
      targets: [{ type: 'database', id: database }],
      warnings: [],
      undo: 'nothing to undo: no live server is touched',
      observed: { id, targetTime: targetTime ?? null, sample, adviceId: adviceId ?? null },
    };
  },
  async apply({ observed: { id, targetTime, sample, adviceId } }, call) {
    const { backend, clock, signal, state } = call;
    const advice = adviceId === null ? undefined : await readAdvice(state.store, adviceId, await backend.facts(signal));
    const { operation, result } = await longWork(call, 'restore test', async (work) => {
      const testedAt = clock.now();
      const told = (done: number, total: number | undefined, text: string): void => work.progress(done, total, text);
      const tested = await backend.testRestore(
        { backup: id, targetTime: targetTime ?? undefined, sample, advice },
        told,
        work.signal,
      );
      // What was found stands, whether or not it can be recorded.
      const evidence = await state.evidence({ ...restoreEvidence(tested, clock.now()) }).catch(() => undefined);
      return JSON.parse(JSON.stringify({ ...tested, testedAt, evidence }));
    });
    if (result === undefined) return { verdict: 'running' as const, operation };
    const tested = restoreTested.parse(result);
    return { verdict: restoreVerdict(tested), operation, tested };
  },
  render({ operation, tested }) {
    if (tested !== undefined) return renderTested(tested);
    return [`RUNNING: goes on as operation ${operation}`, nextCall('pg_backup_status', { operation })].join('\n');
  },
});
