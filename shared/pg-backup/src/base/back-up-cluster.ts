import { join } from 'node:path';
import { writePrint } from '../dump/print-of-point.ts';
import { encryptFiles } from '../encrypt/age.ts';
import { bytesUnder } from '../point/manifest.ts';
import type { UnfinishedPoint } from '../point/store.ts';
import { commonFacts, isoTime, takePoint, type BackUpEnd, type BackUpOptions } from '../point/take-point.ts';
import { needTool } from '../tools/find-tools.ts';
import { baseBackup } from './base-backup.ts';
import { printNow } from './print-now.ts';
import { steadyPrint } from './steady.ts';
import { verifyBase } from './verify-base.ts';

/**
 * Backs up a whole cluster into a folder store by pg_basebackup, with the WAL that makes it consistent. The content of the
 * connection's database is written down before and after: what was the same then has to be in the copy. What fails leaves
 * nothing behind.
 * @throws what the driver says when the database cannot be reached, or Error of the file system; nothing is left then either
 */
export async function backUpCluster(options: BackUpOptions): Promise<BackUpEnd> {
  return takePoint(options, (point, startedAt) => fill(point, startedAt, options));
}

async function fill(point: UnfinishedPoint, startedAt: number, options: BackUpOptions): Promise<BackUpEnd> {
  const { tools, connection, recipient, now, onStep, signal } = options;
  onStep?.('before');
  const before = await printNow(options);
  let consistentAt = now();
  onStep?.('base');
  const onEnd = (): void => void (consistentAt = now());
  const copied = await baseBackup({
    tools,
    connection,
    into: point.folder,
    tablespaces: before.tablespaces,
    onEnd,
    signal,
  });
  if (copied.outcome !== 'ok') return { outcome: copied.outcome, why: copied.why };
  onStep?.('after');
  const after = await printNow(options);
  onStep?.('verify');
  const [damage] = await verifyBase(join(point.folder, 'base'), tools, signal);
  if (damage !== undefined) return { outcome: 'failed', why: `${damage.file}: ${damage.why}` };
  await writePrint(point.folder, steadyPrint(before.print, after.print));
  const restoredBytes = await bytesUnder(point.folder);
  if (recipient !== undefined) {
    onStep?.('encrypt');
    await encryptFiles(point.folder, recipient, signal);
  }
  onStep?.('manifest');
  const stored = await point.finish(
    {
      kind: 'base',
      type: 'full',
      ...before.source,
      restoredBytes,
      major: tools.major,
      ...commonFacts(options, startedAt),
      consistentAt: isoTime(Math.min(consistentAt, before.notAfter ?? consistentAt)),
      tools: { pg_basebackup: needTool(tools, 'pg_basebackup').version },
      gaps: [],
    },
    signal,
  );
  return { outcome: 'ok', why: '', stored };
}
