import { errorCatalogue } from '@cinecom/mcp-core';

/** The error catalogue as a Markdown table. */
export function errorsTable(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { meaning, retryable }]) => `| \`${code}\` | ${meaning} | ${retryable ? 'yes' : ''} |`,
  );
  return ['| code | meaning | may succeed later by itself |', '|---|---|---|', ...rows].join('\n');
}
