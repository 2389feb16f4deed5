import { ToolError } from '@cinecom/mcp-core';
import { isGuardRefusal, parseStatements } from '@cinecom/pg-guard';
import type { Outcome } from './effect.ts';
import { functionsIn, type Node } from './node.ts';
import { statementEffects } from './statement.ts';

const mostStatements = 100;
const mostRelations = 100;

export interface DdlText {
  readonly statements: readonly { readonly node: Node; readonly text: string }[];
  /** Names of what it touches, for the server to look up. */
  readonly relations: readonly string[];
  readonly functions: readonly string[];
}

/**
 * Reads DDL by PostgreSQL's own grammar; nothing of it is run.
 *
 * @throws ToolError `invalid_input`
 */
export async function parseDdl(sql: string): Promise<DdlText> {
  const parsed = await parseStatements(sql).catch((error: unknown) => {
    throw isGuardRefusal(error) ? refused(error.message) : error;
  });
  if (parsed.length === 0) throw refused('there is no statement in it');
  if (parsed.length > mostStatements)
    throw refused(`it has ${parsed.length} statements, at most ${mostStatements} are looked at`);
  const statements = parsed.map(({ statement, offset }, index) => ({
    node: statement,
    text: sql.slice(offset, parsed[index + 1]?.offset ?? sql.length).trim(),
  }));
  const nothing = { targets: [], volatileFunctions: [], versionNumber: 0 };
  const effects = statements.flatMap(({ node }) => statementEffects(node, nothing));
  return {
    statements,
    relations: [...new Set(effects.flatMap(namesOf))].slice(0, mostRelations),
    functions: [...new Set(functionsIn(statements.map(({ node }) => node)))],
  };
}

function namesOf(outcome: Outcome): readonly string[] {
  if ('unknown' in outcome) return [];
  return outcome.other === undefined ? [outcome.target] : [outcome.target, outcome.other.target];
}

function refused(why: string): ToolError {
  return new ToolError('invalid_input', `sql: ${why}`, {
    hint: 'For example: ALTER TABLE bookings ADD COLUMN note text; CREATE INDEX ON bookings (note)',
  });
}
