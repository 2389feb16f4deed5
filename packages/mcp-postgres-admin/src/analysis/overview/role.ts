import type { Finding } from '@cinecom/mcp-core';
import type { ServerFacts } from '../../model/server-facts.ts';
import { roleGaps } from '../role-gaps.ts';
import type { Check } from './types.ts';

/** Which rights this server holds beyond or below what it needs, and how its connection travels. */
export const role: Check = {
  name: 'role',
  weight: 0,
  cheap: true,
  run({ facts }) {
    const gaps = roleGaps(facts);
    return {
      findings: [...transport(facts), ...power(facts)],
      notExamined: gaps.map((gap) => ({ what: gap.hides, why: gap.fix })),
    };
  },
};

function transport(facts: ServerFacts): readonly Finding[] {
  if (facts.encrypted || !facts.remote) return [];
  return [
    {
      id: 'connection_without_tls',
      severity: 'warning',
      object: 'DATABASE_URL',
      evidence: 'this server reaches a remote database without TLS',
      threshold: 'TLS',
      fix: 'Add ?sslmode=verify-full to DATABASE_URL',
    },
  ];
}

function power(facts: ServerFacts): readonly Finding[] {
  const held = ['pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'];
  const powers = facts.superuser ? ['superuser'] : held.filter((name) => facts.memberOf.includes(name));
  if (powers.length === 0) return [];
  return [
    {
      id: 'role_too_powerful',
      severity: 'info',
      object: `role ${facts.role}`,
      evidence: `this server connects with ${powers.join(', ')}`,
      threshold: 'pg_monitor and pg_read_all_data',
      fix: 'Give it a role of its own: mcp-postgres-admin check prints the statements',
    },
  ];
}
