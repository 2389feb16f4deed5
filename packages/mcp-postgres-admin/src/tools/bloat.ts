import {
  bytes,
  findings,
  findingsReport,
  nextCall,
  outside,
  page,
  percent,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import {
  type BloatObject,
  chooseTargets,
  estimatedObjects,
  measuredObjects,
  wasted,
} from '../analysis/bloat/objects.ts';
import { confidence, judgeBloat, remedyOf } from '../analysis/bloat/report.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';
import { pageInput, shownOf } from './paging.ts';
import { noRelation } from './no-relation.ts';

const name = outside(z.string());
const row = z.strictObject({
  object: name,
  kind: z.enum(['table', 'index', 'toast']),
  size: z.number(),
  bloat: z.number().optional().describe('share 0-1; absent = not estimable'),
  wasted: z.number(),
  method: z.string(),
  confidence: z.enum(['high', 'medium', 'low']),
  remedy: z.string(),
});

export const bloat = defineTool({
  name: 'pg_bloat',
  title: 'Bloat of tables and indexes',
  description:
    'Space in tables and indexes that a rebuilt copy would not have, most waste first, with method, confidence and remedy. Estimates from statistics; exact reads the objects with pgstattuple.',
  searchHint: 'postgres bloat wasted space table index reindex pgstattuple repack size',
  risk: 'read',
  input: z.strictObject({
    object: z.string().min(1).max(200).optional().describe('table (with its indexes) or index, as in SQL'),
    kind: z.enum(['table', 'index', 'all']).default('all'),
    exact: z.boolean().default(false).describe('read them instead of estimating'),
    maxMb: z.int().min(1).max(1_000_000).default(1024).describe('that exact may read in all'),
    ...pageInput,
    database: databaseInput,
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    objects: z.array(row),
    total: z.int(),
    cursor: z.string().optional(),
  }),
  async handle(input, call) {
    const backend = await inScope(input.database, call);
    const layouts = await backend.bloatLayouts(input, call.signal);
    if (layouts === undefined) throw noRelation('object', input.object ?? '');
    const estimates = estimatedObjects(layouts);
    const { targets, tooLarge } = chooseTargets(layouts, estimates, {
      exact: input.exact,
      maxBytes: input.maxMb * 1e6,
    });
    const progress = (done: number): void => call.progress(done, targets.length, 'objects measured');
    const measures = await backend.measureBloat(targets, progress, call.signal);
    const objects = measuredObjects(layouts, estimates, { targets, measures });
    const installed = layouts.facts.extensions['pgstattuple'] !== undefined;
    const unreached = installed ? targets.length - measures.size : 0;
    const { rows, total, cursor } = page(objects, input);
    return {
      ...findings({ ...judgeBloat(objects, { ...layouts, exact: input.exact, tooLarge, unreached }), window: 'now' }),
      objects: rows.map(shown),
      total,
      ...(cursor === undefined ? {} : { cursor }),
    };
  },
  render(answer) {
    const [head = '', ...rest] = renderFindings({ ...answer, findings: [] }).split('\n');
    const rows = answer.objects.map((one) => ({
      ...one,
      size: bytes(one.size),
      bloat: one.bloat === undefined ? 'not estimable' : percent(one.bloat),
      wasted: bytes(one.wasted),
    }));
    const next = answer.findings.find((one) => one.next)?.next;
    const lines = [
      head,
      '',
      table(rows, ['object', 'kind', 'size', 'bloat', 'wasted', 'method', 'confidence', 'remedy']),
    ];
    lines.push(...shownOf(rows.length, answer));
    lines.push(...rest, '', next ? nextCall(next.tool, next.args) : nextCall('pg_vacuum'));
    return lines.join('\n');
  },
});

function shown(object: BloatObject) {
  const { name: called, kind, bytes: size, ratio, method } = object;
  return {
    object: called,
    kind,
    size,
    ...(ratio === undefined ? {} : { bloat: ratio }),
    wasted: wasted(object),
    method,
    confidence: confidence(object),
    remedy: remedyOf(object),
  };
}
