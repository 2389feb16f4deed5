import { bytes, count, duration, nextCall, outside, percent, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';

const text = outside(z.string());

/** What a restore test came to, as `pg_restore_test` answers it, or `pg_backup_status` later. */
export const restoreTested = z.strictObject({
  id: z.string(),
  digest: z.string(),
  database: text,
  consistentAt: z.number(),
  testedAt: z.number(),
  result: z.enum(['faithful', 'faithful-with-gaps', 'different', 'not-restorable', 'unknown']),
  why: text,
  recoveryMs: z.number(),
  recoveredTo: z.number().nullable(),
  steps: z.array(z.strictObject({ step: z.string(), ms: z.number() })),
  compared: z.strictObject({ rows: z.number(), hashed: z.number(), objects: z.number() }),
  outcomeCount: z.int(),
  outcomes: z.array(z.strictObject({ verdict: z.string(), category: z.string(), name: text, why: text })),
  errorCount: z.int(),
  errors: z.array(z.strictObject({ kind: z.string(), object: text, why: text })),
  amcheck: text,
  checks: z.array(z.strictObject({ name: text, expected: text, got: text.optional() })),
  notes: z.array(text),
  advice: z
    .strictObject({
      built: z.array(z.strictObject({ ddl: text, bytes: z.number() })),
      timed: z.array(
        z.strictObject({ id: z.string(), beforeMs: z.number(), afterMs: z.number(), predicted: z.number() }),
      ),
      skipped: z.array(z.strictObject({ id: z.string(), why: text })),
    })
    .optional(),
  evidence: z.string().optional(),
});
export type RestoreTestedAnswer = z.output<typeof restoreTested>;

const shown = 15;

export function restoreVerdict({ result, checks }: Pick<RestoreTestedAnswer, 'result' | 'checks'>) {
  if (result === 'different' || result === 'not-restorable') return 'critical' as const;
  if (result === 'unknown') return 'unknown' as const;
  return result === 'faithful' && checks.every(({ expected, got }) => expected === got)
    ? ('ok' as const)
    : ('warning' as const);
}

export function renderTested(tested: RestoreTestedAnswer): string {
  const { id, result, why, compared, outcomes, errors, checks, notes, evidence } = tested;
  const lines = [
    `${restoreVerdict(tested).toUpperCase()}: ${words[result]}${why === '' ? '' : `${outcomes.length > 0 ? '; first' : ''}: ${why}`}`,
    `Backup ${id} of ${tested.database}, content of ${timestamp(tested.consistentAt)}.`,
    `RTO ${duration(tested.recoveryMs)}: ${tested.steps.map(({ step, ms }) => `${step} ${duration(ms)}`).join(', ')}.`,
    `RPO ${duration(tested.testedAt - tested.consistentAt)}: what was written since would be lost.`,
    `Compared: ${count(compared.rows)} rows (${count(compared.hashed)} by content), ${count(compared.objects)} objects. amcheck ${tested.amcheck}.`,
    ...(tested.recoveredTo === null ? [] : [`Recovery replayed up to ${timestamp(tested.recoveredTo)}.`]),
    ...notes.map((note) => `Note: ${note}`),
  ];
  if (outcomes.length > 0) {
    lines.push('', `Not identical, ${Math.min(shown, outcomes.length)} of ${count(tested.outcomeCount)}:`);
    lines.push(table(outcomes.slice(0, shown), ['verdict', 'category', 'name', 'why']));
  }
  if (errors.length > 0) {
    lines.push(
      '',
      `Refused by the restoring server, ${Math.min(shown, errors.length)} of ${count(tested.errorCount)}:`,
    );
    lines.push(table(errors.slice(0, shown), ['kind', 'object', 'why']));
  }
  if (checks.length > 0) lines.push('', 'Own checks on the copy:', table(checks, ['name', 'expected', 'got']));
  if (tested.advice !== undefined) lines.push('', ...adviceLines(tested.advice));
  lines.push('', evidence === undefined ? 'No evidence record could be written.' : `Evidence record ${evidence}.`);
  return [...lines, nextCall('pg_backup_status')].join('\n');
}

/** What the advised indexes really did, beside what was predicted. */
function adviceLines({ built, timed, skipped }: NonNullable<RestoreTestedAnswer['advice']>): readonly string[] {
  const rows = timed.map(({ id, beforeMs, afterMs, predicted }) => ({
    statement: id,
    before: duration(beforeMs),
    after: duration(afterMs),
    measured: percent(beforeMs > 0 ? 1 - afterMs / beforeMs : 0),
    predicted: percent(1 - predicted),
  }));
  return [
    'Advice, built on the copy:',
    ...built.map((one) => `- ${one.ddl}: ${bytes(one.bytes)}`),
    ...(rows.length === 0 ? [] : [table(rows, ['statement', 'before', 'after', 'measured', 'predicted'])]),
    ...skipped.map(({ id, why }) => `Not timed: ${id} (${why})`),
  ];
}

const words: Readonly<Record<RestoreTestedAnswer['result'], string>> = {
  faithful: 'faithful: the restored copy is the same as its source was',
  'faithful-with-gaps': 'faithful as far as it could be compared, with gaps',
  different: 'different: the restored copy is not what its source was',
  'not-restorable': 'not restorable',
  unknown: 'unknown: too little could be compared',
};
