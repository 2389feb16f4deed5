import { ToolError } from '@cinecom/mcp-core';

/**
 * Matchers of the input without braces, as formulas take them.
 * @throws ToolError `invalid_input` for what is not a list of matchers
 */
export function matchersOf(field: string, text: string | undefined): string {
  if (text === undefined) return '';
  const inner = text.trim().replace(/^\{/, '').replace(/\}$/, '').trim().replace(/,$/, '');
  if (/^([A-Za-z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\\n]|\\.)*"\s*(,\s*|$))+$/.test(inner)) return inner;
  throw new ToolError('invalid_input', `${field} is no label selector`, {
    hint: 'Written as {job="api", instance=~"web.*"}, values in double quotes.',
  });
}
