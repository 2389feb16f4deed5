import { join } from 'node:path';
import { verifyBase } from '../base/verify-base.ts';
import { readContents } from '../dump/read-contents.ts';
import { readManifest } from '../point/list-points.ts';
import { checkContent, type Damage, type Manifest } from '../point/manifest.ts';
import type { StoredPoint } from '../point/point.ts';
import type { Pgbackrest } from '../pgbackrest/client.ts';
import { verifyStanza } from '../pgbackrest/verify.ts';
import { clientEnvironment } from '../process/environment.ts';
import { run } from '../process/run.ts';
import { needTool, type Tools } from '../tools/find-tools.ts';

/** 1 names and sizes, 2 structure, 3 every byte read and decoded. Level 4 is a restore test. */
export type VerifyLevel = 1 | 2 | 3;

export interface VerifyEnd {
  /** The highest level that found nothing; 0 when the first one did. */
  readonly verified: 0 | VerifyLevel;
  /** By file. The first level that finds some is the last one tried. */
  readonly damage: readonly Damage[];
}

export interface VerifyOptions {
  readonly tools: Tools;
  /** False where it is restored right after, which decodes it as well; true by default. */
  readonly decoded?: boolean;
  /** For a backup that lies in its repository. */
  readonly pgbackrest?: Pgbackrest | undefined;
  readonly signal: AbortSignal;
}

/** What the level, though it found nothing, cannot see. */
export const blindSpots: Readonly<Record<VerifyLevel, string>> = {
  1: 'content was not read: changed bytes of the same length go unseen',
  2: 'data was not read: changed bytes in data files of the same length go unseen',
  3: 'it was not restored: what the server would refuse goes unseen',
};

/**
 * Looks for damage in a backup of a folder store, level by level up to `level`. One that is encrypted is held against its
 * digests only, which needs no key.
 * @throws the reason of the signal; MissingToolError
 */
export async function verifyLevel(stored: StoredPoint, level: VerifyLevel, options: VerifyOptions): Promise<VerifyEnd> {
  const { tools, signal, decoded = true } = options;
  const { folder, point } = stored;
  const { manifest, damage } = await readManifest(folder, point);
  if (manifest === undefined || damage.length > 0) return { verified: 0, damage };
  if (level === 1) return { verified: 1, damage };
  const structure = await checkStructure(stored, manifest, options);
  if (structure.length > 0 || level === 2) return { verified: structure.length > 0 ? 1 : 2, damage: structure };
  const content = await checkContent(folder, manifest.files, signal);
  if (content.length > 0) return { verified: 2, damage: content };
  const decoding = decoded && point.kind === 'dump' && !point.encrypted ? await decode(stored, tools, signal) : [];
  return { verified: decoding.length > 0 ? 2 : 3, damage: decoding };
}

/** The small files that say what the rest is: read whole, and by the program that is to restore them. */
async function checkStructure(
  { folder, point }: StoredPoint,
  manifest: Manifest,
  { tools, pgbackrest, signal }: VerifyOptions,
): Promise<Damage[]> {
  const small = manifest.files.filter(({ path }) => !/^dump\/(?:\d+\.dat|blob_)|^(?:base|tablespaces)\//.test(path));
  const changed = await checkContent(folder, small, signal);
  if (changed.length > 0) return changed;
  if (point.stanza !== undefined) {
    if (pgbackrest === undefined)
      throw new Error(`backup ${point.id} lies in pgBackRest's stanza ${point.stanza.name}`);
    return verifyStanza(pgbackrest, point.stanza, signal);
  }
  // an encrypted table of contents was listed before it was encrypted
  if (point.encrypted) return [];
  if (point.kind === 'base') return verifyBase(join(folder, 'base'), tools, signal);
  const contents = await readContents({ tools, folder: join(folder, 'dump'), signal });
  signal.throwIfAborted();
  return contents.outcome === 'ok' ? [] : [{ kind: 'structure', file: 'dump/toc.dat', why: contents.why }];
}

/** The whole dump through pg_restore, into nothing. */
async function decode({ folder }: StoredPoint, tools: Tools, signal: AbortSignal): Promise<Damage[]> {
  const end = await run({
    program: needTool(tools, 'pg_restore').path,
    argv: ['--file=/dev/null', '--', join(folder, 'dump')],
    env: clientEnvironment(),
    signal,
  });
  signal.throwIfAborted();
  return end.outcome === 'ok' ? [] : [{ kind: 'structure', file: 'dump', why: end.why }];
}
