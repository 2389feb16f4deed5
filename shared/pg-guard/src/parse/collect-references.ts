import type { FunctionReference, NameReference, StatementReferences } from './references.ts';
import { type TreeNode, type Visit, walk } from './walk.ts';

const BETWEEN_OPERATORS = ['<', '<=', '>=', '>'] as const;

/** JSON grammar that was an ordinary function call before PostgreSQL 16 or 17, where anybody could have made the function. */
const SYNTAX_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  JsonParseExpr: ['json'],
  JsonScalarExpr: ['json_scalar'],
  JsonSerializeExpr: ['json_serialize'],
  JsonFuncExpr: ['json_exists', 'json_query', 'json_value'],
  JsonObjectConstructor: ['json_object'],
  JsonArrayConstructor: ['json_array'],
  JsonArrayQueryConstructor: ['json_array'],
  JsonObjectAgg: ['json_objectagg'],
  JsonArrayAgg: ['json_arrayagg'],
  JsonTable: ['json_table'],
};

interface Collected {
  readonly functions: FunctionReference[];
  readonly operators: NameReference[];
  readonly types: NameReference[];
  readonly relations: NameReference[];
  readonly commonTables: string[];
  parameters: number;
}

/**
 * Walks a SELECT and lists what it names, also where grammar implies a name: `IN` is the operator `=`, `a.b` may be the
 * function `b(a)`, and `typename(x)` is a cast.
 *
 * @param toText turns byte offsets into text positions
 * @throws GuardRefusal as `walk`, with byte offsets
 */
export function collectReferences(select: unknown, toText: (bytes: number) => number): StatementReferences {
  const into: Collected = {
    functions: [],
    operators: [],
    types: [],
    relations: [],
    commonTables: [],
    parameters: 0,
  };
  walk(select, 'SelectStmt', (visit) => {
    collect(visit, into, toText(visit.offset));
  });
  return into;
}

function collect(visit: Visit, into: Collected, position: number): void {
  const { type, node } = visit;
  const at = { position, node: type };
  const operators = impliedOperators(type, node);
  for (const name of operators) into.operators.push({ schema: undefined, name, ...at });
  for (const name of SYNTAX_FUNCTIONS[type] ?? []) {
    into.functions.push({ schema: undefined, name, form: 'syntax', namedArguments: false, ...at });
  }
  switch (type) {
    case 'FuncCall': {
      const form = node['funcformat'] === 'COERCE_SQL_SYNTAX' ? 'syntax' : 'call';
      const name = qualified(node['funcname'], at);
      into.functions.push({ ...name, form, namedArguments: namesArguments(node['args']) });
      // a function call with one argument is also a way to write a cast
      if (form === 'call') into.types.push(name);
      break;
    }
    case 'RangeTableSample':
      into.functions.push({ ...qualified(node['method'], at), form: 'sampling', namedArguments: false });
      break;
    case 'A_Expr':
      if (operators.length === 0) into.operators.push(qualified(node['name'], at));
      break;
    case 'SubLink':
      if (node['operName'] !== undefined) into.operators.push(qualified(node['operName'], at));
      break;
    case 'SortBy':
      if (node['useOp'] !== undefined) into.operators.push(qualified(node['useOp'], at));
      break;
    case 'TypeName': {
      const name = qualified(node['names'], at);
      into.types.push(name);
      // grammar only since 17; before, the word was looked up along the search path
      if (name.name === 'json') into.types.push({ ...name, schema: undefined });
      break;
    }
    case 'ColumnRef':
      collectAttributes(stringsOf(node['fields']).slice(1).slice(-1), 'column', at, into);
      break;
    case 'A_Indirection':
      collectAttributes(stringsOf(node['indirection']), 'field', at, into);
      break;
    case 'RangeVar':
      into.relations.push({ schema: word(node['schemaname']), name: word(node['relname']) ?? '', ...at });
      break;
    case 'CommonTableExpr':
      into.commonTables.push(word(node['ctename']) ?? '');
      break;
    case 'ParamRef':
      into.parameters = Math.max(into.parameters, Number(node['number'] ?? 0));
      break;
    default:
  }
}

function impliedOperators(type: string, node: TreeNode): readonly string[] {
  if (type === 'A_Expr') return String(node['kind']).includes('BETWEEN') ? BETWEEN_OPERATORS : [];
  const equality =
    (type === 'CaseExpr' && node['arg'] !== undefined) ||
    (type === 'JoinExpr' && (node['isNatural'] === true || node['usingClause'] !== undefined)) ||
    (type === 'SubLink' && node['testexpr'] !== undefined && node['operName'] === undefined) ||
    type === 'CTECycleClause';
  return equality ? ['=', '<>'] : [];
}

function collectAttributes(
  names: readonly string[],
  form: 'column' | 'field',
  at: { readonly position: number; readonly node: string },
  into: Collected,
): void {
  for (const name of names) {
    into.functions.push({ schema: undefined, name, form, namedArguments: false, ...at });
    into.types.push({ schema: undefined, name, ...at });
  }
}

function qualified(list: unknown, at: { readonly position: number; readonly node: string }): NameReference {
  const names = stringsOf(list);
  return { schema: names.at(-2), name: names.at(-1) ?? '', ...at };
}

function stringsOf(list: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items.flatMap((item) => {
    const string = (item as { String?: { sval?: string } }).String;
    return string === undefined ? [] : [string.sval ?? ''];
  });
}

function namesArguments(list: unknown): boolean {
  return Array.isArray(list) && list.some((item) => Object.hasOwn(item as object, 'NamedArgExpr'));
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
