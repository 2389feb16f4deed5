import { counted, type Finding, type NotExamined } from '@cinecom/mcp-core';
import type { PrivilegeAudit } from '../../model/privileges.ts';
import { objectRisks } from './object-risks.ts';
import { roleRisks } from './role-risks.ts';
import { type Sighting, unseenLogins } from './unseen.ts';

/** All risks, or those of one role, with what could not be looked at. */
export function auditPrivileges(
  audit: PrivilegeAudit,
  seen: readonly Sighting[],
  role: string | undefined,
): { readonly summary: string; readonly findings: readonly Finding[]; readonly notExamined: readonly NotExamined[] } {
  const unseen = unseenLogins(audit.roles, seen, audit.at);
  const all = [...roleRisks(audit), ...unseen.findings, ...(role === undefined ? objectRisks(audit) : [])];
  const found = role === undefined ? all : all.filter(({ object }) => object === `role ${role}`);
  const grave = found.filter(({ severity }) => severity !== 'info').length;
  const risks = `${counted(grave, 'risk')} and ${counted(found.length - grave, 'note')}`;
  const logins = audit.roles.filter(({ login }) => login).length;
  return {
    summary:
      role === undefined
        ? `${risks} among ${counted(audit.roles.length, 'role')}, ${logins} of them for logging in`
        : `${risks} for this role`,
    findings: found,
    notExamined: [
      ...('missing' in audit.md5 ? [{ what: 'password hashes', why: audit.md5.missing }] : []),
      ...('missing' in audit.hostRules ? [{ what: 'pg_hba rules', why: audit.hostRules.missing }] : []),
      ...(audit.cut ? [{ what: 'grants past 20,000', why: 'more than are read', required: true }] : []),
      ...unseen.notExamined,
    ],
  };
}
