import { quote, ToolError } from '@cinecom/mcp-core';

/** No table, index or other relation of a name. `field` names the input. */
export function noRelation(field: string, name: string): ToolError {
  return new ToolError('backend_not_found', `${field}: there is no ${quote(name)}`, {
    hint: 'Name it with its schema, quoted where SQL needs it; pg_schema lists them.',
  });
}
