import type { Damage } from '../point/manifest.ts';
import type { Pgbackrest } from './client.ts';
import { readInfo, type StanzaBackup, type StanzaInfo } from './info.ts';
import { missingSegments } from './wal.ts';

/**
 * Damage of one backup in the repository: every file is read there, and no WAL may lack from its start to the newest.
 * pgBackRest itself ends with 0 whatever it finds, and does not miss WAL at the end: its words are read, and the archive listed.
 * @throws Error when pgBackRest does not answer; the reason of the signal
 */
export async function verifyStanza(
  pgbackrest: Pgbackrest,
  { label, segmentBytes }: { readonly label: string; readonly segmentBytes: number },
  signal: AbortSignal,
): Promise<Damage[]> {
  const info = await readInfo(pgbackrest, signal);
  const backup = info.backups.find((one) => one.label === label);
  if (backup === undefined) return [{ kind: 'missing', file: label, why: 'pgBackRest no longer has it' }];
  if (backup.error) return [{ kind: 'content', file: label, why: 'page checksums failed while it was made' }];
  const end = await pgbackrest.run('verify', ['--output=text', '--verbose'], signal);
  signal.throwIfAborted();
  if (end.outcome !== 'ok') return [{ kind: 'structure', file: label, why: end.why }];
  const missing = await walGaps(pgbackrest, { info, backup, segmentBytes }, signal);
  return [
    ...parseVerify(end.output, label),
    ...missing.map((segment): Damage => ({ kind: 'missing', file: segment, why: 'this WAL is not in the archive' })),
  ];
}

/**
 * WAL that the archive lacks from the start of a backup to the newest segment, at most five.
 * @throws Error when pgBackRest does not answer; the reason of the signal
 */
export async function walGaps(
  pgbackrest: Pgbackrest,
  from: { readonly info: StanzaInfo; readonly backup: StanzaBackup; readonly segmentBytes: number },
  signal: AbortSignal,
): Promise<string[]> {
  const { info, backup, segmentBytes } = from;
  const path = `archive/${pgbackrest.stanza}/${backup.archive}`;
  const listing = await pgbackrest.run('repo-ls', ['--recurse', path], signal);
  signal.throwIfAborted();
  if (listing.outcome !== 'ok') throw new Error(`pgbackrest repo-ls failed: ${listing.why}`);
  // of the archive, which does not know what it lost at its end
  const newest = [backup.wal.stop, info.newestWal[backup.archive] ?? ''].toSorted().at(-1) ?? backup.wal.stop;
  return missingSegments(listing.output, backup.wal.start, newest, segmentBytes);
}

/** What `verify --output=text --verbose` says of one backup and of the archive. Pure. */
export function parseVerify(text: string, label: string): Damage[] {
  const damage: Damage[] = [];
  const lines = text.split('\n').map((line) => line.trim());
  const counts = (at: number): string => lines[at + 1]?.replaceAll(/\w[\w ]*: 0,? ?/g, '').replace(/, $/, '') ?? '';
  const own = lines.findIndex((line) => line.startsWith(`backup: ${label},`));
  if (own < 0) return [{ kind: 'structure', file: label, why: 'pgbackrest verify says nothing of it' }];
  if (!lines[own]?.includes('status: valid')) {
    damage.push({ kind: 'content', file: label, why: `pgbackrest verify: ${counts(own) || lines[own]}` });
  }
  lines.forEach((line, at) => {
    const [, archive, checked, valid] =
      /^archiveId: ([^,]+), total WAL checked: (\d+), total valid WAL: (\d+)/.exec(line) ?? [];
    if (archive !== undefined && checked !== valid) {
      damage.push({ kind: 'content', file: `archive ${archive}`, why: `pgbackrest verify: ${counts(at)}` });
    }
  });
  return damage;
}
