import {
  counted,
  findings,
  finding,
  findingsReport,
  nextCall,
  outside,
  page,
  quote,
  table,
  timestamp,
  ToolError,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { privilegeChanges } from '../analysis/privileges/changes.ts';
import { auditPrivileges } from '../analysis/privileges/audit.ts';
import { effectiveRights } from '../analysis/privileges/effective-rights.ts';
import { roleRow } from '../analysis/privileges/role-row.ts';
import type { PrivilegeAudit } from '../model/privileges.ts';
import { defineTool } from '../tool.ts';
import { spanInput, spanMs } from './span.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';
import { sightings } from './sightings.ts';
import { keptSnapshots, type KeptSnapshots } from './snapshots.ts';

const name = outside(z.string());
const shownFindings = 20;
const shownChanges = 30;

const rights = z.strictObject({
  object: name,
  kind: z.string(),
  privileges: z.string(),
  via: name,
  afterSetRole: z.boolean(),
});
const roles = z.strictObject({
  role: name,
  login: z.boolean(),
  powers: z.string(),
  groups: name,
  owns: z.int().describe('tables'),
  expires: z.string(),
  sessions: z.int(),
});

export const privileges = defineTool({
  name: 'pg_privileges',
  title: 'Rights and their risks',
  description:
    'Who may do what: risky roles, grants, functions, password hashes and pg_hba rules first, then the roles, or one role with its effective rights through all memberships. With since: what was granted or taken.',
  searchHint: 'roles grants permissions superuser security audit acl pg_hba membership',
  risk: 'read',
  input: z.strictObject({
    role: z.string().min(1).max(63).optional().describe('only its rights and risks'),
    since: spanInput.optional().describe('also what changed: 12h, 7d'),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding.extend({ fix: outside(z.string()) })),
    roles: z.array(roles).optional(),
    rights: z.array(rights).optional(),
    changes: z.array(outside(z.string())).optional(),
    total: z.int().describe('rows of roles or rights'),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    const audit = await backend.privileges(call.signal);
    if (input.role !== undefined && !audit.roles.some((role) => role.name === input.role)) throw noRole(input.role);
    const kept = await keptSnapshots(call.state.store, await backend.facts(call.signal));
    const seen = await sightings(kept, audit.at);
    const judged = auditPrivileges(audit, seen, input.role);
    const since = input.since === undefined ? undefined : await changesSince(kept, audit, spanMs(input.since));
    return {
      ...findings({
        ...judged,
        notExamined: [...judged.notExamined, ...(since?.missing ?? [])],
        window: since?.words ?? 'now',
      }),
      ...(input.role === undefined ? rolesPage(audit, input) : rightsPage(audit, input.role, input)),
      ...(since?.changes === undefined ? {} : { changes: [...since.changes] }),
    };
  },
  render(answer, { role }) {
    const shown = answer.findings.slice(0, shownFindings).map((item) => ({ ...item, 'should be': item.threshold }));
    const lines = [`${answer.verdict.toUpperCase()}: ${answer.summary}`];
    if (shown.length > 0) lines.push('', table(shown, ['severity', 'id', 'object', 'evidence', 'should be', 'fix']));
    if (answer.findings.length > shown.length)
      lines.push(`${shown.length} of ${answer.findings.length} findings shown; ask for one role to see its own.`);
    if (answer.changes !== undefined) {
      lines.push('', `Changed (${answer.window}): ${answer.changes.length === 0 ? 'nothing' : ''}`);
      lines.push(...answer.changes.slice(0, shownChanges));
      if (answer.changes.length > shownChanges) lines.push(`${answer.changes.length - shownChanges} more changes.`);
    }
    const rows = answer.rights ?? answer.roles ?? [];
    lines.push(
      '',
      answer.rights
        ? rightsTable(answer.rights)
        : table(answer.roles ?? [], ['role', 'login', 'powers', 'groups', 'owns', 'expires', 'sessions']),
    );
    lines.push(...shownOf(rows.length, answer));
    for (const part of answer.notExamined) lines.push(`Not examined: ${part.what} (${part.why})`);
    const next = answer.findings.find((item) => item.next)?.next;
    const more =
      role === undefined && next ? nextCall(next.tool, next.args) : nextCall('pg_activity', { groupBy: 'user' });
    return [...lines, '', more].join('\n');
  },
});

type PageInput = Parameters<typeof page>[1];

function rolesPage(audit: PrivilegeAudit, input: PageInput) {
  const own = audit.roles.filter((role) => !role.name.startsWith('pg_'));
  const { rows, ...rest } = page(own, input);
  return { roles: rows.map((role) => roleRow(role, audit)), ...rest };
}

function rightsPage(audit: PrivilegeAudit, role: string, input: PageInput) {
  const { rows, ...rest } = page(effectiveRights(role, audit), input);
  return { rights: rows.map((one) => ({ ...one, privileges: one.privileges.join(', ') })), ...rest };
}

function rightsTable(rows: readonly z.output<typeof rights>[]): string {
  return table(
    rows.map(({ afterSetRole, ...one }) => ({ ...one, when: afterSetRole ? 'after SET ROLE' : 'at once' })),
    ['object', 'kind', 'privileges', 'via', 'when'],
  );
}

async function changesSince(kept: KeptSnapshots, audit: PrivilegeAudit, sinceMs: number) {
  const before = await kept.near(audit.at - sinceMs, audit.at);
  if (before === undefined) {
    const why = 'no snapshot of that time is kept; pg_overview and the daemon take them';
    return { missing: [{ what: 'what changed', why }] };
  }
  const changes = privilegeChanges(before, { roles: audit.roleStates, grants: audit.relationGrants });
  return { words: `${counted(changes.length, 'change')} since ${timestamp(before.at)}`, changes };
}

function noRole(role: string): ToolError {
  return new ToolError('backend_not_found', `there is no role ${quote(role)}`, {
    hint: 'pg_privileges without role lists them; names are case-sensitive.',
  });
}
