import type { CheckRow } from '../define/server.ts';
import { backendRows } from './check-backend.ts';
import { auditRows, folderRows } from './check-folders.ts';
import { gateRows } from './check-gate.ts';
import { httpRows } from './check-http.ts';
import { jobRows } from './check-jobs.ts';
import { sharedRows } from './check-shared.ts';
import { type SettingLine, settingLines, settingRows } from './check-settings.ts';
import { columns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `check`: every setting with its source, folders, audit log, backend, privileges; then what repairs what is wrong. */
export async function check(session: Session): Promise<number> {
  const { world, line, clean, loaded, server } = session;
  const settings = settingLines(session);
  const backend = await backendRows(session);
  const rows = [
    ...settingRows(session),
    ...(await gateRows(session)),
    ...(await httpRows(session)),
    ...(await jobRows(session)),
    ...(await sharedRows(session)),
    ...(await folderRows(session)),
    ...(await auditRows(session)),
    ...backend.rows,
  ];
  const exitCode = exitCodeFor(loaded.problems.length > 0, backend.unreachable, rows);
  const report = {
    server: server.name,
    version: server.version,
    status: statusOf(rows),
    settings,
    checks: rows,
    exitCode,
  };
  const asJson = line.options.get('json') === 'true';
  world.out(asJson ? await clean.json(report) : await clean.text(reportText(report)));
  return exitCode;
}

type Status = CheckRow['status'];

interface CheckReport {
  readonly server: string;
  readonly version: string;
  readonly status: Status;
  readonly settings: readonly SettingLine[];
  readonly checks: readonly CheckRow[];
}

/** The worst of all rows: failed, warning, unknown, ok. */
function statusOf(rows: readonly CheckRow[]): Status {
  return (
    (['failed', 'warning', 'unknown'] as const).find((status) => rows.some((row) => row.status === status)) ?? 'ok'
  );
}

function exitCodeFor(settingsWrong: boolean, unreachable: boolean, rows: readonly CheckRow[]): number {
  if (settingsWrong) return exitCodes.usage;
  if (unreachable) return exitCodes.unreachable;
  return rows.some((row) => row.status === 'failed') ? exitCodes.toolError : exitCodes.ok;
}

function reportText(report: CheckReport): string {
  const failed = report.checks.filter((row) => row.status === 'failed').length;
  const warnings = report.checks.filter((row) => row.status === 'warning').length;
  const settings = report.settings.map(({ name, value, from }) => [name, value, from]);
  const checks = report.checks.map((row) => [row.status === 'failed' ? 'FAILED' : row.status, row.check, row.detail]);
  const fixes = report.checks.filter((row) => row.fix !== undefined && row.status !== 'ok');
  return [
    `${report.status.toUpperCase()}: ${report.server} ${report.version}, ${failed} failed, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
    '',
    columns(['setting', 'value', 'from'], settings),
    '',
    columns(['status', 'check', 'detail'], checks),
    ...(fixes.length > 0 ? ['', 'To repair:'] : []),
    ...fixes.map((row, index) => `${index + 1}. ${row.check}: ${row.fix}`),
    '',
    'This is the environment of this shell; a client may hand down less of it (cloud credentials and OTEL_* are often withheld).',
    '',
  ].join('\n');
}
