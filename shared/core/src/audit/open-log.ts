import { writeFileSync } from 'node:fs';
import { arch, hostname, platform } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../define/call.ts';
import type { Json } from '../define/plan.ts';
import { listWriters, makePrivateFolder, removeIfThere } from './files/folder.ts';
import { createUlid } from './format/ulid.ts';
import { deriveLogKeys } from './keys/log-keys.ts';
import { rootKey } from './keys/root-key.ts';
import { Sealer } from './seal/sealer.ts';
import { SubjectKeys } from './seal/subject-keys.ts';
import type { AuditLog } from './types.ts';
import { currentProcess } from './write/boot.ts';
import { previousWriter, unfinishedChanges } from './write/earlier-runs.ts';
import { MarkFile } from './write/mark.ts';
import { fileIo, type SegmentIo } from './write/segment-io.ts';
import { AuditWriter } from './write/writer.ts';

export interface OpenLogOptions {
  readonly dir: string;
  /** Length marks; on another disk if the operator wants. */
  readonly marksDir: string;
  readonly server: string;
  readonly version: string;
  /** Signs as `cinecom.local/audit/<host>`; default the machine's name. */
  readonly host?: string | undefined;
  /** `AUDIT_LOG_KEY`. Absent = an unsigned log. */
  readonly key?: string | undefined;
  /** `MCP_ENCRYPTION_KEY`. Absent = personal values stay as given. */
  readonly encryptionKey?: string | undefined;
  /** Goes into `log.start`: settings digest, tool list digest. */
  readonly start?: Json | undefined;
  readonly clock: Clock;
}

/**
 * Opens this process's own log and writes `log.start`. Costs a few ms, a passphrase 0.1 s more on the thread pool;
 * of earlier logs it reads names, the newest mark and checkpoint, and the tail of those that ended without `log.stop`.
 *
 * @throws ToolError `not_configured` for a key that is too short, `audit_unavailable` when `log.start` cannot be written,
 *   otherwise what the file system says about the folders. Try again later: nothing is left behind.
 */
export function openLog(options: OpenLogOptions): Promise<AuditLog> {
  return openLogWith(options, fileIo);
}

/** As `openLog`, with the file operations passed in. */
export async function openLogWith(options: OpenLogOptions, io: SegmentIo): Promise<AuditLog> {
  const { dir, marksDir, clock, key, encryptionKey, host = hostname() } = options;
  await makePrivateFolder(dir);
  await makePrivateFolder(marksDir);
  const keys = key === undefined ? undefined : deriveLogKeys(await rootKey(key, 'audit'), host);
  const sealer =
    encryptionKey === undefined
      ? undefined
      : new Sealer(new SubjectKeys(dir, await rootKey(encryptionKey, 'encryption')));
  const earlier = await listWriters(dir);
  const previous = await previousWriter(dir, marksDir, earlier);
  const unfinished = await unfinishedChanges(dir, earlier, clock.now());
  const writer = createUlid(clock.now());
  const own = currentProcess();
  writeFileSync(join(dir, `${writer}.open`), JSON.stringify(own), { flag: 'wx', mode: 0o600 });
  const mark = new MarkFile(join(marksDir, `${writer}.mark`), writer, keys?.guard(writer));
  const log = new AuditWriter({ writer, folder: dir, host, keys, sealer, mark, io, clock, unfinished });
  try {
    log.start({
      format: 1,
      host,
      pid: own.pid,
      boot: own.boot,
      versions: {
        server: options.server,
        version: options.version,
        node: process.version,
        os: `${platform()} ${arch()}`,
      },
      signed: keys !== undefined,
      ...(keys && { vkey: keys.signer.vkey }),
      ...(previous !== undefined && { previous }),
      unfinished: unfinished.map(({ id, tool, at }) => ({ id, tool, at })),
      ...(options.start !== undefined && { start: options.start }),
    });
  } catch (error) {
    // Nothing was written: leave nothing behind, or every retry on a full disk would leave two files.
    for (const [folder, name] of [
      [dir, `${writer}.open`],
      [marksDir, `${writer}.mark`],
    ] as const)
      await removeIfThere(folder, name);
    throw error;
  }
  return log;
}
