import type { Finding, Severity } from '@cinecom/mcp-core';
import type { PrivilegeAudit, RoleFacts } from '../../model/privileges.ts';
import { isRead } from '../../model/part.ts';
import { shownIdentifier } from '../../model/shown-identifier.ts';
import { type Power, type PowerName, powersOf } from './powers.ts';
import { canEnter } from './reach.ts';

const findingIds: Readonly<Record<PowerName, string>> = {
  superuser: 'login_superuser',
  createrole: 'login_createrole',
  bypassrls: 'login_bypassrls',
  replication: 'login_replication',
  'server files': 'login_server_files',
  'server programs': 'login_server_programs',
};

/** What is wrong with roles that somebody can log in as. The superuser of initdb is no finding. */
export function roleRisks(audit: PrivilegeAudit): readonly Finding[] {
  const md5 = new Set(isRead(audit.md5) ? audit.md5.value : []);
  return audit.roles
    .filter((role) => canEnter(role))
    .flatMap((role) => [
      ...(role.bootstrap ? [] : powersOf(role.name, audit).map((power) => powerRisk(role, power, audit.versionNumber))),
      ...ownsTables(role),
      ...(role.bootstrap ? [] : neverExpires(role)),
      ...(md5.has(role.name) ? [md5Hash(role)] : []),
    ]);
}

function powerRisk(role: RoleFacts, { power, path }: Power, versionNumber: number): Finding {
  const direct = path.length === 1;
  const almighty =
    power === 'superuser' || power === 'server programs' || (power === 'createrole' && versionNumber < 160_000);
  const severity: Severity = almighty && (!direct || power !== 'superuser') ? 'critical' : 'warning';
  const last = path.at(-1) ?? role.name;
  const before = path.at(-2) ?? role.name;
  return {
    id: findingIds[power],
    severity,
    object: `role ${role.name}`,
    evidence: direct ? `has ${power} itself` : `reaches ${power}: ${path.join(' → ')}`,
    threshold:
      power === 'createrole' && versionNumber < 160_000 ? 'none: before 16 it is as good as superuser' : 'none',
    fix: direct
      ? `ALTER ROLE ${shownIdentifier(role.name)} NO${power.toUpperCase()}, unless it is meant to administrate`
      : `REVOKE ${shownIdentifier(last)} FROM ${shownIdentifier(before)}`,
    next: { tool: 'pg_privileges', args: { role: role.name } },
  };
}

function ownsTables(role: RoleFacts): readonly Finding[] {
  if (role.superuser || role.tablesOwned === 0) return [];
  const seen = role.connections > 0;
  return [
    {
      id: 'login_owns_tables',
      severity: seen ? 'warning' : 'info',
      object: `role ${role.name}`,
      evidence: `owns ${role.tablesOwned} tables, ${seen ? `${role.connections} sessions now` : 'no session now'}`,
      threshold: 'an owner that nobody logs in as',
      fix: `Create a NOLOGIN owner, ALTER TABLE … OWNER TO it, and grant ${shownIdentifier(role.name)} only what it needs`,
    },
  ];
}

function neverExpires(role: RoleFacts): readonly Finding[] {
  if (role.validUntil !== null) return [];
  return [
    {
      id: 'login_without_expiry',
      severity: 'info',
      object: `role ${role.name}`,
      evidence: 'its password never expires',
      threshold: 'VALID UNTIL set',
      fix: 'pg_change alter_role with until',
    },
  ];
}

function md5Hash(role: RoleFacts): Finding {
  return {
    id: 'password_md5',
    severity: 'warning',
    object: `role ${role.name}`,
    evidence: 'its password is kept as an md5 hash',
    threshold: 'scram-sha-256',
    fix: "Set password_encryption = 'scram-sha-256' and have its password set anew",
  };
}
