import { parseVkey } from '../audit/format/note.ts';
import type { VerifyReport } from '../audit/verify/report.ts';
import { foldersOf } from '../call/providers.ts';
import { count, timestamp } from '../results/format.ts';
import { settingPath } from '../settings/files.ts';
import { columns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `verify`: reads the audit folder and says in words whether it is complete and unchanged. Writes nothing. */
export async function verify(session: Session): Promise<number> {
  const { core, world, line, clean, server } = session;
  const folders = foldersOf(server.name, core, world.env);
  const dir = line.options.get('dir');
  const { verifyLog } = await import('../audit/verify/verify-log.ts');
  const vkey = line.options.get('vkey');
  if (vkey !== undefined && !isVkey(vkey)) {
    world.err('--vkey takes a public verifier key, as log.start of the audit log has it: name+hash+base64\n');
    return exitCodes.usage;
  }
  const report = await verifyLog({
    dir: dir === undefined ? folders.audit : settingPath(dir, world.cwd, world.env),
    // A folder named here may be a copy from elsewhere, whose marks are not on this machine.
    marksDir: dir === undefined || core.auditMarks !== undefined ? folders.marks : undefined,
    key: core.auditKey,
    vkey,
    signal: world.interrupted,
  });
  const asJson = line.options.get('json') === 'true';
  world.out(asJson ? await clean.json(report) : await clean.text(reportText(report)));
  return report.ok ? exitCodes.ok : exitCodes.toolError;
}

function isVkey(text: string): boolean {
  try {
    parseVkey(text);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const methods: Readonly<Record<VerifyReport['method'], string>> = {
  key: 'with the key: every record, signature and length',
  'public-key': 'with the public key: signatures and tree, not the MAC of single records',
  'chain-only': 'without a key: only that the records hang together',
};

function reportText(report: VerifyReport): string {
  const lines = [
    `${report.verdict}: ${report.words}`,
    `${count(report.records)} records; checked ${methods[report.method]}.`,
    ...writerLines(report),
  ];
  if (report.unfinished.length > 0) {
    lines.push('', `Changes of unknown outcome: ${report.unfinished.length}`);
    const shown = report.unfinished.slice(0, shownRows);
    lines.push(
      columns(
        ['began', 'tool', 'call'],
        shown.map(({ at, tool, id }) => [timestamp(at), tool, id]),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

const shownRows = 20;

/** Each process is a writer of its own, so there may be many: those in doubt come first, then the newest. */
function writerLines({ writers, words }: VerifyReport): readonly string[] {
  if (writers.length === 0) return [];
  const doubtful = writers.filter(({ problem }) => problem !== undefined);
  const rest = writers
    .filter(({ problem }) => problem === undefined)
    .toSorted((left, right) => right.lastAt - left.lastAt);
  const shown = [...doubtful, ...rest].slice(0, shownRows);
  const rows = shown.map((writer) => [
    writer.writer,
    writer.verdict,
    count(writer.records),
    count(writer.signedRecords),
    writer.lastAt > 0 ? timestamp(writer.lastAt) : '–',
    writer.words === words ? '' : writer.words,
  ]);
  const more = writers.length - shown.length;
  return [
    '',
    columns(['writer', 'verdict', 'records', 'signed', 'last record', ''], rows),
    ...(more > 0 ? [`and ${more} more writers without a problem or older; --json has them all`] : []),
  ];
}
