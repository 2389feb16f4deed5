import { ToolError } from '@cinecom/mcp-core';
import { isGuardRefusal, parseStatements, quoteIdentifier } from '@cinecom/pg-guard';

/** One CREATE INDEX, checked and made CONCURRENTLY. */
export interface IndexBuild {
  readonly sql: string;
  /** The table as the text names it, for `to_regclass`. */
  readonly table: string;
}

interface IndexStatement {
  readonly relation?: { readonly schemaname?: string; readonly relname?: string };
  readonly concurrent?: boolean;
}

const head = /^\s*create\s+(unique\s+)?index\s+(concurrently\s+)?/i;
const example = 'CREATE INDEX CONCURRENTLY bookings_screening_id ON bookings (screening_id)';

/**
 * Reads a text that has to be exactly one CREATE INDEX, by PostgreSQL's own grammar, and adds CONCURRENTLY where it is missing.
 *
 * @throws ToolError `invalid_input`
 */
export async function indexBuild(ddl: string): Promise<IndexBuild> {
  const statements = await parseStatements(ddl).catch((error: unknown) => {
    throw isGuardRefusal(error) ? refused(error.message) : error;
  });
  const [first] = statements;
  const build = first?.statement['IndexStmt'] as IndexStatement | undefined;
  const name = build?.relation?.relname;
  if (statements.length !== 1 || build === undefined || name === undefined)
    throw refused('it has to be one CREATE INDEX');
  const start = head.exec(ddl);
  if (start === null) throw refused('it has to begin with CREATE INDEX, without a comment before');
  const unique = start[1] === undefined ? '' : 'UNIQUE ';
  const rest = ddl.slice(start[0].length).replace(/;\s*$/, '').trimEnd();
  const schema = build.relation?.schemaname;
  return {
    sql: `CREATE ${unique}INDEX CONCURRENTLY ${rest}`,
    table: schema === undefined ? quoteIdentifier(name) : `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`,
  };
}

function refused(why: string): ToolError {
  return new ToolError('invalid_input', `ddl: ${why}`, { hint: `For example: ${example}` });
}
