import type { Finding } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import type { DefinerFunction, HostRule, PrivilegeAudit } from '../../model/privileges.ts';

/** What is wrong with grants, functions, defaults and the rules of who may connect. */
export function objectRisks(audit: PrivilegeAudit): readonly Finding[] {
  return [
    ...publicGrants(audit),
    ...audit.definers.flatMap(definerRisk),
    ...defaultRisks(audit),
    ...(isRead(audit.hostRules) ? audit.hostRules.value.flatMap(hostRisk) : []),
  ];
}

function publicGrants({ grants }: PrivilegeAudit): readonly Finding[] {
  return grants
    .filter(({ beyondDefault }) => beyondDefault.length > 0)
    .map(({ kind, object, beyondDefault }) => {
      const only = beyondDefault.join(', ');
      return {
        id: 'public_grant',
        severity: kind === 'schema' && only === 'USAGE' ? 'info' : 'warning',
        object: `${kind} ${object}`,
        evidence: `PUBLIC has ${only}`,
        threshold: 'defaults of this version',
        fix:
          kind === 'column'
            ? 'REVOKE it from PUBLIC'
            : 'pg_change revoke from PUBLIC, then grant to the roles that need it',
      };
    });
}

function definerRisk({ name, owner, ownerSuperuser, searchPath, atomic }: DefinerFunction): readonly Finding[] {
  // "$user" makes the path depend on who calls.
  if (searchPath !== null && !searchPath.includes('$user')) return [];
  return [
    {
      id: 'definer_without_search_path',
      severity: atomic ? 'info' : ownerSuperuser ? 'critical' : 'warning',
      object: `function ${name}`,
      evidence: `SECURITY DEFINER as ${owner}${ownerSuperuser ? ', a superuser' : ''}, search_path ${searchPath ?? 'of the caller'}`,
      threshold: 'fixed search_path',
      fix: `ALTER FUNCTION ${name} SET search_path = pg_catalog, pg_temp (and name objects with their schema)`,
    },
  ];
}

function defaultRisks({ defaults }: PrivilegeAudit): readonly Finding[] {
  return defaults.map(({ owner, schema, kind, privileges }) => ({
    id: 'default_privileges_public',
    severity: 'warning',
    object: `future ${kind} of ${owner}${schema === null ? '' : ` in schema ${schema}`}`,
    evidence: `PUBLIC will have ${privileges.join(', ')}`,
    threshold: 'nothing',
    fix: 'ALTER DEFAULT PRIVILEGES … REVOKE … FROM PUBLIC',
  }));
}

const clearText = ['password', 'ldap', 'pam', 'radius', 'bsd'];

function hostRisk({ line, type, databases, users, address, method }: HostRule): readonly Finding[] {
  const rule = {
    object: `pg_hba.conf line ${line}`,
    evidence: `${type} ${databases.join(',')} ${users.join(',')} ${address ?? ''} ${method}`.replaceAll('  ', ' '),
  };
  if (method === 'trust') {
    const near = address === null || address === 'samehost' || address === '::1' || address.startsWith('127.');
    return [
      {
        ...rule,
        id: 'hba_trust',
        severity: near ? 'warning' : 'critical',
        threshold: 'a proof of who connects',
        fix: 'scram-sha-256, or peer for local sockets',
      },
    ];
  }
  if (!clearText.includes(method) || !['host', 'hostnossl'].includes(type)) return [];
  return [
    {
      ...rule,
      id: 'hba_cleartext',
      severity: 'warning',
      threshold: 'no password in clear on the network',
      fix: 'hostssl instead of host, or scram-sha-256',
    },
  ];
}
