import { bytes, counted, finding, findings, findingsReport, nextCall, outside, page, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import { estimatedObjects } from '../analysis/bloat/objects.ts';
import {
  auditFinding,
  auditGaps,
  auditIndexes,
  type AuditKind,
  auditKinds,
  type AuditRow,
  sortRows,
} from '../analysis/index-audit/audit.ts';
import { bloatedRows } from '../analysis/index-audit/bloated.ts';
import type { DatabaseBackend } from '../backend/port.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';
import { earlierIndexes } from './earlier-indexes.ts';
import { noRelation } from './no-relation.ts';
import { keptSnapshots } from './snapshots.ts';

const name = outside(z.string());

/** The worst; rows have all, a page at a time. */
const shownFindings = 50;

const row = z.strictObject({
  kind: z.enum(auditKinds),
  object: name,
  size: z.number(),
  verdict: z.string(),
  why: name,
  ddl: name.optional(),
  undo: name.optional(),
});

export const indexAudit = defineTool({
  name: 'pg_index_audit',
  title: 'Indexes that cost and do not serve',
  description:
    'Indexes that are unused (on every host), duplicate, redundant, invalid or bloated, and foreign keys without an index or of another type, each with evidence, the statement that mends it and its undo.',
  searchHint: 'postgres unused index duplicate redundant invalid missing foreign key index drop',
  risk: 'read',
  input: z.strictObject({
    kinds: z
      .array(z.enum(auditKinds))
      .min(1)
      .max(auditKinds.length)
      .default([...auditKinds]),
    table: z.string().min(1).max(200).optional().describe('only this one, as in SQL'),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    findings: z.array(finding),
    rows: z.array(row),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    const audit = await backend.indexAudit(input.table, call.signal);
    if (audit === undefined) throw noRelation('table', input.table ?? '');
    const kept = await keptSnapshots(call.state.store, audit.facts);
    const judged = auditIndexes(audit, await earlierIndexes(kept, audit.own.at));
    const bloated = input.kinds.includes('bloated') ? await readBloated(backend, input.table, call.signal) : [];
    const chosen = [...judged, ...bloated].filter(({ kind }) => input.kinds.includes(kind));
    const sorted = sortRows(chosen, audit);
    const { rows, total, cursor } = page(sorted, input);
    return {
      ...findings({
        summary: `${summaryOf(sorted)}; ${counted(audit.indexes.length, 'index', 'indexes')} looked at`,
        findings: sorted.flatMap((one) => auditFinding(one) ?? []).slice(0, shownFindings),
        notExamined: auditGaps(audit, input.kinds),
        window: audit.own.resetAt === null ? 'since the server started' : audit.own.at - audit.own.resetAt,
      }),
      rows: rows.map(shown),
      total,
      ...(cursor === undefined ? {} : { cursor }),
    };
  },
  render(answer) {
    const lines = [`${answer.verdict.toUpperCase()}: ${answer.summary}`, `Window: ${answer.window}`];
    if (answer.rows.length > 0) {
      const rows = answer.rows.map((one) => ({ ...one, size: one.size === 0 ? '' : bytes(one.size) }));
      lines.push('', table(rows, ['kind', 'object', 'size', 'verdict', 'why', 'ddl', 'undo']));
    }
    lines.push(...shownOf(answer.rows.length, answer));
    for (const part of answer.notExamined) lines.push(`Not examined: ${part.what} (${part.why})`);
    const next = answer.findings.find((one) => one.next)?.next;
    return [...lines, '', next ? nextCall(next.tool, next.args) : nextCall('pg_bloat', { kind: 'index' })].join('\n');
  },
});

async function readBloated(backend: DatabaseBackend, object: string | undefined, signal: AbortSignal) {
  const layouts = await backend.bloatLayouts({ object, kind: 'index' }, signal);
  return layouts === undefined ? [] : bloatedRows(estimatedObjects(layouts));
}

function summaryOf(rows: readonly AuditRow[]): string {
  const words: Readonly<Record<AuditKind, (found: number) => string>> = {
    unused: (found) => `${found} seldom used`,
    duplicate: (found) => `${found} duplicate`,
    redundant: (found) => `${found} redundant`,
    invalid: (found) => `${found} invalid`,
    missingFk: (found) => `${counted(found, 'foreign key')} without an index`,
    fkType: (found) => `${counted(found, 'foreign key')} of another type`,
    bloated: (found) => `${found} bloated`,
  };
  const parts = auditKinds.flatMap((kind) => {
    const found = rows.filter((one) => one.kind === kind).length;
    return found === 0 ? [] : [words[kind](found)];
  });
  return parts.length === 0 ? 'nothing to complain about' : parts.join(', ');
}

function shown({ kind, object, bytes: size, why, use, ddl, undo }: AuditRow) {
  return {
    kind,
    object,
    size,
    verdict: use?.verdict ?? kind,
    why,
    ...(ddl === undefined ? {} : { ddl }),
    ...(undo === undefined ? {} : { undo }),
  };
}
