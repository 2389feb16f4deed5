import { collectReferences } from './parse/collect-references.ts';
import { parseStatements } from './parse/parse.ts';
import type { StatementReferences } from './parse/references.ts';
import { refuseStatement } from './parse/refuse-node.ts';
import { createByteOffsets } from './parse/text-offsets.ts';
import type { TreeNode } from './parse/walk.ts';
import { GuardRefusal, isGuardRefusal } from './refusal.ts';

export interface CheckOptions {
  /** Longest text in UTF-16 units; default 20,000. */
  readonly maxLength?: number;
}

export interface CheckedStatement {
  readonly sql: string;
  readonly kind: 'select' | 'explain' | 'show';
  /** True for EXPLAIN ANALYZE, which runs the statement. */
  readonly analyze: boolean;
  /** True for EXPLAIN (GENERIC_PLAN), which takes no values for its parameters. */
  readonly genericPlan: boolean;
  readonly references: StatementReferences;
}

const DEFAULT_MAX_LENGTH = 20_000;

const NO_REFERENCES: StatementReferences = {
  functions: [],
  operators: [],
  types: [],
  relations: [],
  commonTables: [],
  parameters: 0,
};

/** EXPLAIN options that only change what is shown; `generic_plan`, `memory` and `serialize` exist on later versions only. */
const EXPLAIN_OPTIONS: readonly string[] = [
  'analyze',
  'verbose',
  'costs',
  'settings',
  'generic_plan',
  'buffers',
  'serialize',
  'wal',
  'timing',
  'summary',
  'memory',
  'format',
];

/**
 * Decides from the text alone whether it is exactly one statement that reads: SELECT, VALUES, TABLE, EXPLAIN of one, or SHOW.
 * What the statement *calls* is listed, not judged: that needs the live catalog (`resolveReach`).
 *
 * @throws GuardRefusal with the rule, the node and its place in the text
 */
export async function checkStatement(sql: string, options: CheckOptions = {}): Promise<CheckedStatement> {
  checkText(sql, options.maxLength ?? DEFAULT_MAX_LENGTH);
  const statements = await parseStatements(sql);
  const toText = createByteOffsets(sql);
  try {
    const [first, second] = statements;
    if (first === undefined || second !== undefined) {
      throw new GuardRefusal({
        rule: 'one-statement',
        node: 'RawStmt',
        position: second?.offset,
        message: `the text holds ${first === undefined ? 'no statement' : `${statements.length} statements`}`,
        instead: 'give exactly one statement a call',
      });
    }
    return checkOne(sql, first.statement, first.offset, toText);
  } catch (error) {
    throw isGuardRefusal(error) && error.position !== undefined ? placed(error, toText(error.position)) : error;
  }
}

function checkOne(
  sql: string,
  statement: TreeNode,
  offset: number,
  toText: (bytes: number) => number,
): CheckedStatement {
  const [type = 'RawStmt', node] = Object.entries(statement)[0] ?? [];
  if (type === 'SelectStmt') {
    return { sql, kind: 'select', analyze: false, genericPlan: false, references: collectReferences(node, toText) };
  }
  if (type === 'VariableShowStmt')
    return { sql, kind: 'show', analyze: false, genericPlan: false, references: NO_REFERENCES };
  if (type !== 'ExplainStmt') throw refuseUnlessReading(type, offset);
  const { query, options, ...others } = node as TreeNode;
  const [queryType = 'RawStmt', select] = Object.entries((query ?? {}) as TreeNode)[0] ?? [];
  if (queryType !== 'SelectStmt' || Object.keys(others).length > 0) throw refuseUnlessReading(queryType, offset);
  const given = explainOptions(options);
  // "analyze off" is rare; treating it as on only makes the answer more careful
  const [analyze, genericPlan] = [given.includes('analyze'), given.includes('generic_plan')];
  return { sql, kind: 'explain', analyze, genericPlan, references: collectReferences(select, toText) };
}

function refuseUnlessReading(type: string, offset: number): GuardRefusal {
  const writes = ['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'].includes(type);
  return refuseStatement(type, offset, writes ? 'data-modifying' : 'statement-kind');
}

function explainOptions(options: unknown): readonly string[] {
  const elements: readonly unknown[] = Array.isArray(options) ? options : [];
  const names: string[] = [];
  for (const element of elements) {
    const definition = (element as { DefElem?: { defname?: string; location?: number } }).DefElem;
    const name = definition?.defname ?? '';
    if (!EXPLAIN_OPTIONS.includes(name)) {
      throw new GuardRefusal({
        rule: 'explain-option',
        node: 'DefElem',
        position: definition?.location ?? 0,
        message: `EXPLAIN option ${name} is not known`,
        instead: `use ${EXPLAIN_OPTIONS.join(', ')}`,
      });
    }
    names.push(name);
  }
  return names;
}

function checkText(sql: string, maxLength: number): void {
  if (sql.length > maxLength) {
    throw new GuardRefusal({
      rule: 'too-long',
      node: 'text',
      position: maxLength,
      message: `the text has ${sql.length} characters; at most ${maxLength} are read`,
      instead: 'shorten it; pass long lists as parameters',
    });
  }
  // parser and server both stop at NUL, but not at the same place; a lone surrogate becomes another character on the way
  const bad = /\0|\p{Surrogate}/u.exec(sql);
  if (bad !== null) {
    throw new GuardRefusal({
      rule: 'text',
      node: 'text',
      position: bad.index,
      message: 'the text holds a character that PostgreSQL cannot store (NUL or half of a surrogate pair)',
      instead: 'remove the character',
    });
  }
}

function placed(error: GuardRefusal, position: number): GuardRefusal {
  const { rule, node, message, instead } = error;
  return new GuardRefusal({ rule, node, position, message, instead });
}
