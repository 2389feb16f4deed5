import { access, constants, stat } from 'node:fs/promises';
import type { VerifyReport } from '../audit/verify/report.ts';
import { foldersOf } from '../call/providers.ts';
import type { CheckRow } from '../define/server.ts';
import { isToolError } from '../errors/tool-error.ts';
import { count, timestamp } from '../results/format.ts';
import type { Session } from './session.ts';

const verifyMs = 10_000;
const clockToleranceMs = 5000;

/** Modes of the folders that hold state, log and marks: only their owner may look into them. */
export async function folderRows({ server, core, world }: Session): Promise<readonly CheckRow[]> {
  const folders = foldersOf(server.name, core, world.env);
  return Promise.all([
    folderRow('state folder', folders.state),
    folderRow('audit folder', folders.audit),
    folderRow('marks folder', folders.marks),
  ]);
}

async function folderRow(check: string, path: string): Promise<CheckRow> {
  try {
    const found = await stat(path);
    if (!found.isDirectory())
      return { check, status: 'failed', detail: `${path} is no folder`, fix: `Move ${path} away.` };
    const { getuid } = process;
    if (getuid !== undefined && found.uid !== getuid() && found.uid !== 0)
      return { check, status: 'failed', detail: `${path} belongs to another user`, fix: `chown ${getuid()} ${path}` };
    await access(path, constants.W_OK | constants.X_OK);
    const mode = found.mode & 0o777;
    const detail = `${path}, mode 0${mode.toString(8)}`;
    if (process.platform === 'win32' || (mode & 0o077) === 0) return { check, status: 'ok', detail };
    return { check, status: 'warning', detail: `${detail}: others may look into it`, fix: `chmod 700 ${path}` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT') return { check, status: 'ok', detail: `${path}, made at the first call` };
    return {
      check,
      status: 'failed',
      detail: `${path} cannot be used: ${code}`,
      fix: 'Make it a folder that this user may write to, or name another.',
    };
  }
}

/** Whether the log can be written, is signed, verifies, and what changes ended nobody knows how. */
export async function auditRows(session: Session): Promise<readonly CheckRow[]> {
  return [await writableRow(session), await keyRow(session), ...(await verifiedRows(session))];
}

async function writableRow({ runtime }: Session): Promise<CheckRow> {
  const check = 'audit log';
  try {
    const log = await runtime.audit();
    return { check, status: 'ok', detail: `written as ${log.writer}, ${log.signed ? 'signed' : 'not signed'}` };
  } catch (error) {
    const cause = isToolError(error) && error.cause !== undefined ? error.cause : error;
    const detail = cause instanceof Error ? cause.message : 'the log cannot be opened';
    const fix =
      (isToolError(cause) ? cause.hint : undefined) ?? 'Make the audit folder writable and free space on its disk.';
    return { check, status: 'failed', detail: `cannot be written, so changes are refused: ${detail}`, fix };
  }
}

async function keyRow({ core }: Session): Promise<CheckRow> {
  const check = 'audit key';
  if (core.auditKey === undefined) {
    return {
      check,
      status: 'warning',
      detail: 'none: the log shows its order, and cannot prove that nobody rewrote it',
      fix: 'Set AUDIT_LOG_KEY, for example to the output of: openssl rand -base64 32',
    };
  }
  const { keyWarning } = await import('../audit/keys/root-key.ts');
  const warning = keyWarning(core.auditKey);
  if (warning === undefined) return { check, status: 'ok', detail: 'AUDIT_LOG_KEY signs the log' };
  return { check, status: 'failed', detail: `AUDIT_LOG_KEY: ${warning}`, fix: 'Replace it: openssl rand -base64 32' };
}

async function verifiedRows({ server, core, world, runtime }: Session): Promise<readonly CheckRow[]> {
  const { verifyLog } = await import('../audit/verify/verify-log.ts');
  const { audit, marks } = foldersOf(server.name, core, world.env);
  const limit = AbortSignal.timeout(verifyMs);
  try {
    const report = await verifyLog({ dir: audit, marksDir: marks, key: core.auditKey, signal: limit });
    return [
      verdictRow(report, server.name),
      clockRow(report, world.clock.now()),
      ...unfinishedRows(report, server.name),
    ];
  } catch (error) {
    runtime.log('debug', `verifying within check: ${String(error)}`);
    const detail = limit.aborted ? `not verified within ${verifyMs / 1000} s` : 'could not be verified';
    return [{ check: 'audit trail', status: 'unknown', detail, fix: `${server.name} verify` }];
  }
}

function verdictRow(report: VerifyReport, server: string): CheckRow {
  const last = Math.max(
    0,
    ...report.writers.filter(({ signedRecords }) => signedRecords > 0).map(({ lastAt }) => lastAt),
  );
  const signed = last > 0 ? `, newest signed record ${timestamp(last)}` : '';
  const detail = `${report.verdict}, ${count(report.records)} records${signed}`;
  if (report.ok) return { check: 'audit trail', status: 'ok', detail };
  return {
    check: 'audit trail',
    status: 'failed',
    detail: `${detail}: ${report.words}`,
    fix: `Look closer: ${server} verify`,
  };
}

/** A clock that was set back is the skew this machine can see alone; the backend's own clock is the server's to compare. */
function clockRow(report: VerifyReport, now: number): CheckRow {
  const newest = Math.max(0, ...report.writers.map(({ lastAt }) => lastAt));
  if (newest <= now + clockToleranceMs) return { check: 'clock', status: 'ok', detail: timestamp(now) };
  return {
    check: 'clock',
    status: 'warning',
    detail: `${timestamp(now)}, which is before the newest audit record (${timestamp(newest)})`,
    fix: 'Let NTP set the clock: codes and one-time passwords depend on it.',
  };
}

function unfinishedRows(report: VerifyReport, server: string): readonly CheckRow[] {
  const [latest] = report.unfinished.toSorted((left, right) => right.at - left.at);
  if (latest === undefined) return [];
  const detail = `${report.unfinished.length} of unknown outcome, the latest ${latest.tool} at ${timestamp(latest.at)}`;
  return [{ check: 'changes', status: 'warning', detail, fix: `Look at their targets; ${server} verify lists them.` }];
}
