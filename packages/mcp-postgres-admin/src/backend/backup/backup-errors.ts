import { isToolError, ToolError } from '@cinecom/mcp-core';
import { shownIdentifier } from '../../model/shown-identifier.ts';
import { toToolError } from '../errors.ts';

/** Errors of programs, folders and scratch servers, as errors of the catalogue; those of the driver as everywhere. */
export function toBackupError(error: unknown, role?: string): ToolError {
  if (isToolError(error) || !(error instanceof Error)) return toToolError(error);
  if (error.name === 'MissingToolError') {
    return new ToolError('not_configured', error.message, {
      hint: 'Or name the folder of the programs with --pg-bin.',
      cause: error,
    });
  }
  if (error.name === 'ScratchFolderError') {
    return new ToolError('not_configured', error.message, {
      hint: 'An operator names with --scratch a folder of this account that the account of --scratch-user can reach.',
      cause: error,
    });
  }
  if (error.name === 'BusyStoreError') {
    return new ToolError('backend_conflict', error.message, { hint: 'Wait for it: pg_backup_status.', cause: error });
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new ToolError('not_configured', `this server may not write: ${error.message}`, {
      hint: 'Give its account the folder of --backup-dir or --scratch.',
      cause: error,
    });
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new ToolError('backend_error', 'the disk is full', {
      hint: 'Nothing was kept. Free space first.',
      cause: error,
    });
  }
  if (code !== undefined) return toToolError(error, { role });
  return new ToolError('backend_error', 'the work failed', { backendText: error.message, cause: error });
}

/** A backup that came to no end, by what its program said. @param step `dump`, `globals`, `manifest` */
export function failedBackup(step: string, why: string, role: string): ToolError {
  const message = `the backup failed at the step ${step}; nothing of it was kept`;
  if (/row-level security/.test(why))
    return new ToolError('backend_forbidden', message, {
      hint: `A filtered dump is no backup: ALTER ROLE ${shownIdentifier(role)} BYPASSRLS;`,
      backendText: why,
    });
  if (/replication role|REPLICATION attribute|for replication connection|no pg_hba.conf entry.*replication/i.test(why))
    return new ToolError('backend_forbidden', message, {
      hint: `ALTER ROLE ${shownIdentifier(role)} REPLICATION; and a line "host replication" for it in pg_hba.conf.`,
      backendText: why,
    });
  if (/permission denied/.test(why))
    return new ToolError('backend_forbidden', message, {
      hint: `GRANT pg_read_all_data TO ${shownIdentifier(role)}; (14 and later; before, SELECT on every schema)`,
      backendText: why,
    });
  if (/could not obtain lock|lock timeout|canceling statement due to/i.test(why))
    return new ToolError('backend_conflict', message, {
      hint: 'A change of definitions held a lock for longer than 10 s: pg_locks shows whose. Then run it again.',
      backendText: why,
    });
  return new ToolError('backend_error', message, { backendText: why });
}
