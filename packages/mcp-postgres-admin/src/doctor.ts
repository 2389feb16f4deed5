import { bytes, type CheckRow, isToolError } from '@cinecom/mcp-core';
import { readerRoleSql, roleGaps } from './analysis/role-gaps.ts';
import type { PostgresBackend } from './backend/port.ts';
import type { ServerFacts } from './model/server-facts.ts';
import type { PostgresSettings } from './settings.ts';

const oldestMajor = 13;
const newestMajor = 18;

/** What `check` adds once the database is reached: version, transport, rights held against needed, extensions. */
export async function doctor(
  backend: PostgresBackend,
  settings: PostgresSettings,
  signal: AbortSignal,
): Promise<readonly CheckRow[]> {
  const facts = await backend.facts(signal);
  return [
    version(facts),
    transport(facts),
    ...role(facts),
    ...extensions(facts),
    admin(settings),
    await backups(backend, settings, signal),
  ];
}

function version(facts: ServerFacts): CheckRow {
  const major = Math.floor(facts.versionNumber / 10_000);
  const detail = `PostgreSQL ${facts.version}, ${facts.inRecovery ? 'standby' : 'primary'}, database ${facts.database}`;
  if (major >= oldestMajor && major <= newestMajor) return { check: 'version', status: 'ok', detail };
  return { check: 'version', status: 'warning', detail: `${detail}; tested with ${oldestMajor} to ${newestMajor}` };
}

function transport(facts: ServerFacts): CheckRow {
  if (facts.encrypted) return { check: 'transport', status: 'ok', detail: 'TLS' };
  if (!facts.remote) return { check: 'transport', status: 'ok', detail: 'this machine, without TLS' };
  return {
    check: 'transport',
    status: 'warning',
    detail: 'remote and without TLS',
    fix: 'add ?sslmode=verify-full to DATABASE_URL',
  };
}

function role(facts: ServerFacts): readonly CheckRow[] {
  if (facts.superuser) {
    return [
      {
        check: 'role',
        status: 'warning',
        detail: `${facts.role} is a superuser; a reader is enough`,
        fix: readerRoleSql(facts).join(' '),
      },
    ];
  }
  const gaps = roleGaps(facts);
  if (gaps.length === 0) return [{ check: 'role', status: 'ok', detail: `${facts.role} holds what is needed` }];
  return gaps.map(({ right, hides, fix }) => ({
    check: `role ${right}`,
    status: 'warning' as const,
    detail: `not held, hides ${hides}`,
    fix: `${fix};`,
  }));
}

const uses: Readonly<Record<string, string>> = {
  pg_stat_statements: 'pg_top_queries, pg_explain by queryId',
  hypopg: 'pg_explain with hypothetical indexes',
};

function extensions(facts: ServerFacts): readonly CheckRow[] {
  return Object.entries(uses).map(([name, use]): CheckRow => {
    const found = facts.extensions[name];
    if (found) return { check: `extension ${name}`, status: 'ok', detail: found.version };
    const available = facts.availableExtensions.includes(name);
    const preload = name === 'pg_stat_statements' ? ' (shared_preload_libraries, restart)' : '';
    return {
      check: `extension ${name}`,
      status: 'warning',
      detail: `missing, needed by ${use}`,
      fix: available
        ? `CREATE EXTENSION ${name};${preload}`
        : `install the package of ${name} on the server first${preload}`,
    };
  });
}

function admin(settings: PostgresSettings): CheckRow {
  return settings.adminConnection === undefined
    ? {
        check: 'admin connection',
        status: 'ok',
        detail: 'not set: confirmed changes use the rights of the connection',
      }
    : { check: 'admin connection', status: 'ok', detail: 'set; opened only to apply a confirmed change' };
}

/** Whether a dump could begin: the folder, the programs, the space. */
async function backups(backend: PostgresBackend, settings: PostgresSettings, signal: AbortSignal): Promise<CheckRow> {
  const check = 'backups';
  if (settings.backupDir === undefined) return { check, status: 'ok', detail: 'no folder is set: none are made' };
  return backend.backupPreflight({ kind: 'dump', type: 'full', label: undefined }, signal).then(
    ({ program, store, freeBytes }): CheckRow => {
      return { check, status: 'ok', detail: `${program}, ${bytes(freeBytes)} free for ${store}` };
    },
    (error: unknown): CheckRow => {
      if (!isToolError(error)) throw error;
      return {
        check,
        status: 'warning',
        detail: error.message,
        ...(error.hint === undefined ? {} : { fix: error.hint }),
      };
    },
  );
}
