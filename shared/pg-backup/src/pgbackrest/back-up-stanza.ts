import { printNow } from '../base/print-now.ts';
import { steadyPrint } from '../base/steady.ts';
import { writePrint } from '../dump/print-of-point.ts';
import { encryptFiles } from '../encrypt/age.ts';
import type { UnfinishedPoint } from '../point/store.ts';
import { commonFacts, isoTime, takePoint, type BackUpEnd, type BackUpOptions } from '../point/take-point.ts';
import { needTool } from '../tools/find-tools.ts';
import type { Pgbackrest } from './client.ts';
import { readInfo, type StanzaBackup } from './info.ts';

export interface BackUpStanzaOptions extends BackUpOptions {
  readonly pgbackrest: Pgbackrest;
  readonly type: StanzaBackup['type'];
}

/**
 * Lets pgBackRest make one backup in its own repository, and keeps in the folder store what is needed to prove it: the content
 * of the connection's database before and after. Nothing expires by it.
 * @throws what the driver says when the database cannot be reached, or Error; the store holds nothing of it then
 */
export async function backUpStanza(options: BackUpStanzaOptions): Promise<BackUpEnd> {
  return takePoint(options, (point, startedAt) => fill(point, startedAt, options));
}

async function fill(point: UnfinishedPoint, startedAt: number, options: BackUpStanzaOptions): Promise<BackUpEnd> {
  const { tools, pgbackrest, type, recipient, onStep, signal } = options;
  onStep?.('before');
  const before = await printNow(options);
  const known = await readInfo(pgbackrest, signal);
  if (!known.systemIdentifiers.includes(before.source.systemIdentifier)) {
    return { outcome: 'failed', why: `stanza ${pgbackrest.stanza} is of another cluster than the connection` };
  }
  onStep?.('pgbackrest');
  const argv = [`--type=${type}`, '--no-expire-auto', '--log-level-console=warn', '--log-level-stderr=warn'];
  const end = await pgbackrest.run('backup', argv, signal);
  if (end.outcome !== 'ok') return { outcome: end.outcome, why: end.why };
  onStep?.('after');
  const after = await printNow(options);
  const labels = new Set(known.backups.map((one) => one.label));
  const made = (await readInfo(pgbackrest, signal)).backups.findLast((one) => !labels.has(one.label));
  if (made === undefined) return { outcome: 'failed', why: 'pgbackrest ended well and shows no new backup' };
  await writePrint(point.folder, steadyPrint(before.print, after.print));
  if (recipient !== undefined) await encryptFiles(point.folder, recipient, signal);
  onStep?.('manifest');
  const stored = await point.finish(
    {
      kind: 'pgbackrest',
      type: made.type,
      ...before.source,
      restoredBytes: made.restoredBytes,
      major: tools.major,
      ...commonFacts(options, startedAt),
      consistentAt: isoTime(Math.min(made.stoppedAt, before.notAfter ?? made.stoppedAt)),
      stanza: {
        name: pgbackrest.stanza,
        label: made.label,
        bytes: made.bytes,
        segmentBytes: before.segmentBytes,
      },
      tools: { pgbackrest: needTool(tools, 'pgbackrest').version },
      gaps: [],
    },
    signal,
  );
  return { outcome: 'ok', why: '', stored };
}
