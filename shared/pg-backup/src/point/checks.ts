import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One look at a backup: verified up to `level` (4: restored and compared), or found wanting. */
export interface PointCheck {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly level: 0 | 1 | 2 | 3 | 4;
  /** `ok` or damage for levels 1–3, the result of the restore test for 4. */
  readonly result: string;
  readonly why: string;
  /** Wall time of a restore test up to the verified service, ms. */
  readonly recoveryMs?: number;
}

const file = 'checks.json';
const kept = 50;

/** What is known of a backup since it was made, oldest first; unreadable means nothing is known. */
export async function readChecks(folder: string): Promise<PointCheck[]> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => '[]');
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isCheck) : [];
  } catch {
    return []; // cut: then it is looked at again
  }
}

/** Writes one look down beside the backup; the last 50 are kept. */
export async function addCheck(folder: string, check: PointCheck): Promise<void> {
  const checks = [...(await readChecks(folder)), check].slice(-kept);
  // not inside, where it would be taken for a foreign file
  const draft = `${folder}.checks-${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(checks)}\n`, { mode: 0o600 });
  await rename(draft, join(folder, file));
}

function isCheck(value: unknown): value is PointCheck {
  const check = value as Partial<PointCheck> | null;
  return typeof check?.at === 'string' && typeof check.level === 'number' && typeof check.result === 'string';
}
