import { bytes, duration } from '@cinecom/mcp-core';
import type { BackupTaken, RestoreTested } from '../../model/backup.ts';

/** An evidence record in the form that audits search: kind, subject, result, validity. */
export interface Evidence {
  readonly kind: string;
  readonly subject: string;
  readonly result: 'pass' | 'fail' | 'partial';
  /** UTC ms. */
  readonly at: number;
  readonly valid_days: number;
  /** SHA-256 of the manifest of the backup, hexadecimal. */
  readonly digest: string;
  /** At most 500 characters. */
  readonly summary: string;
  readonly [more: string]: string | number | undefined;
}

const backupDays = 1;
/** As the overview asks for a new one. */
const testDays = 30;

export function backupEvidence(taken: BackupTaken, at: number): Evidence {
  const { damage, gaps } = taken;
  const partial = gaps.length > 0 ? ('partial' as const) : ('pass' as const);
  return {
    kind: 'backup',
    subject: `database ${taken.database}`,
    result: damage.length > 0 ? 'fail' : partial,
    at,
    valid_days: backupDays,
    digest: taken.digest,
    summary: shortened(
      `backup ${taken.id}, ${bytes(taken.bytes)}, verified level ${taken.verified}; ${[...damage, ...gaps].join('; ')}`,
    ),
  };
}

export function restoreEvidence(tested: RestoreTested, at: number): Evidence {
  const { result } = tested;
  const passed = result === 'faithful' ? ('pass' as const) : ('partial' as const);
  return {
    kind: 'restore test',
    subject: `database ${tested.database}`,
    result: result === 'different' || result === 'not-restorable' ? 'fail' : passed,
    at,
    valid_days: testDays,
    digest: tested.digest,
    summary: shortened(
      `backup ${tested.id} ${result} in ${duration(tested.recoveryMs)}, ${tested.compared.rows} rows compared; ${tested.why}`,
    ),
  };
}

function shortened(text: string): string {
  return text.replace(/; $/, '').slice(0, 500);
}
