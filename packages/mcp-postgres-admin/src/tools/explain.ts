import { bytes, counted, delta, duration, type Finding, finding, outside, table, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { planFlags } from '../analysis/explain/plan-flags.ts';
import { type PlanNode, readPlan } from '../analysis/explain/plan-node.ts';
import { planTree } from '../analysis/explain/plan-tree.ts';
import { defineTool } from '../tool.ts';
import { databaseInput, inScope } from './database.ts';

const parameter = z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]);
const line = z.strictObject({
  depth: z.int(),
  label: outside(z.string()),
  condition: outside(z.string()).optional(),
  figures: z.string(),
});

const explanation = z.strictObject({
  verdict: z.enum(['ok', 'warning']),
  kind: z.enum(['measured', 'estimated', 'generic']),
  planningMs: z.number().optional(),
  executionMs: z.number().optional(),
  cost: z.number(),
  costWithout: z.number().optional().describe('without the hypothetical indexes'),
  hypothetical: z.array(z.strictObject({ name: outside(z.string()), bytes: z.number(), used: z.boolean() })),
  flags: z.array(finding),
  tree: z.array(line),
  omitted: z.int(),
  warnings: z.array(z.string()),
});

export const explain = defineTool({
  name: 'pg_explain',
  title: 'Explain a statement',
  description:
    'Why one statement is slow: its plan as a short tree with own time or cost, and flags (misestimates, spills, wide scans, many loops) with figures and fix. Give sql, or the queryId of pg_top_queries. analyze runs it (reading statements only). hypotheticalIndexes shows the plan as if these indexes existed.',
  searchHint: 'explain analyze query plan slow statement index what-if hypothetical hypopg',
  risk: 'read',
  input: z.strictObject({
    sql: z.string().min(1).max(20_000).optional().describe('one SELECT, without EXPLAIN before it'),
    queryId: z
      .string()
      .regex(/^-?\d{1,20}$/)
      .optional()
      .describe('of pg_top_queries, instead of sql'),
    params: z.array(parameter).max(100).default([]).describe('values of $1, $2…; without them the plan for any values'),
    analyze: z.boolean().default(false).describe('run it and measure'),
    hypotheticalIndexes: z
      .array(z.string().min(1).max(2000))
      .max(10)
      .default([])
      .describe('CREATE INDEX texts to imagine; not with analyze'),
    database: databaseInput,
  }),
  output: explanation,
  async handle({ sql, queryId, params, analyze, hypotheticalIndexes, database }, call) {
    const { signal } = call;
    requireCompatible({ sql, queryId, analyze, hypotheticalIndexes });
    const backend = await inScope(database, call);
    const text = sql ?? (await backend.normalisedText(queryId ?? '', signal));
    const answer = await backend.explainSql({ sql: text, parameters: params, analyze, hypotheticalIndexes }, signal);
    const root = readPlan(answer.plan);
    const flags = planFlags(root, answer.tableRows);
    const { lines, omitted } = planTree(root);
    return {
      verdict: flags.length > 0 ? ('warning' as const) : ('ok' as const),
      kind: analyze ? ('measured' as const) : answer.generic ? ('generic' as const) : ('estimated' as const),
      ...(answer.planningMs === undefined ? {} : { planningMs: answer.planningMs }),
      ...(answer.executionMs === undefined ? {} : { executionMs: answer.executionMs }),
      cost: root.inclusiveCost,
      ...(answer.without === undefined ? {} : { costWithout: readPlan(answer.without).inclusiveCost }),
      hypothetical: answer.hypothetical.map((index) => ({ ...index, used: uses(root, index.name) })),
      flags: [...flags],
      tree: [...lines],
      omitted,
      warnings: [...answer.warnings],
    };
  },
  render(output) {
    const lines = [`${output.verdict.toUpperCase()}: ${summaryOf(output)}`];
    lines.push(...output.warnings.map((warning) => `Warning: ${warning}`));
    for (const index of output.hypothetical) {
      lines.push(
        `Hypothetical index ${index.name} (${bytes(index.bytes)} estimated) is ${index.used ? 'used' : 'not used'}.`,
      );
    }
    if (output.flags.length > 0)
      lines.push('', table(output.flags.map(flagRow), ['flag', 'node', 'evidence', 'threshold', 'fix']));
    lines.push('', ...output.tree.map(treeLine));
    if (output.omitted > 0) lines.push(`${output.omitted} cheaper nodes not shown.`);
    if (output.kind !== 'measured')
      lines.push('Not examined: actual rows, times and spills (estimates only; analyze runs the statement)');
    return lines.join('\n');
  },
});

function summaryOf(output: z.output<typeof explanation>): string {
  const flags = counted(output.flags.length, 'flag');
  if (output.kind === 'measured')
    return `took ${duration(output.executionMs ?? 0)} after ${duration(output.planningMs ?? 0)} of planning, ${flags}`;
  const kind = output.kind === 'generic' ? 'generic plan, for any values' : 'estimated plan';
  const without =
    output.costWithout === undefined
      ? ''
      : `, ${delta(output.costWithout, output.cost)} against ${Math.round(output.costWithout)} without the hypothetical indexes`;
  return `${kind}, cost ${Math.round(output.cost)}${without}, ${flags}`;
}

function flagRow(flag: Finding): Readonly<Record<'flag' | 'node' | 'evidence' | 'threshold' | 'fix', string>> {
  return { flag: flag.id, node: flag.object, evidence: flag.evidence, threshold: flag.threshold, fix: flag.fix };
}

function treeLine({ depth, label, condition, figures }: z.output<typeof line>): string {
  return `${'  '.repeat(depth)}- ${label}${condition === undefined ? '' : ` ${condition}`}: ${figures}`;
}

function uses(node: PlanNode, index: string): boolean {
  return node.object === index || node.children.some((child) => uses(child, index));
}

interface Wanted {
  readonly sql: string | undefined;
  readonly queryId: string | undefined;
  readonly analyze: boolean;
  readonly hypotheticalIndexes: readonly string[];
}

function requireCompatible({ sql, queryId, analyze, hypotheticalIndexes }: Wanted): void {
  if ((sql === undefined) === (queryId === undefined)) {
    throw new ToolError('invalid_input', 'exactly one of sql and queryId is needed', {
      hint: 'sql is a SELECT as text; queryId comes from pg_top_queries.',
    });
  }
  if (analyze && queryId !== undefined) throw notWithAnalyze('queryId', 'a normalised text has no values to run with');
  if (analyze && hypotheticalIndexes.length > 0) {
    throw notWithAnalyze('hypotheticalIndexes', 'an index that does not exist cannot be measured');
  }
}

function notWithAnalyze(field: string, why: string): ToolError {
  return new ToolError('invalid_input', `analyze and ${field} exclude each other: ${why}`, {
    hint: `Leave out analyze, or ${field}.`,
  });
}
