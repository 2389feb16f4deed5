import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where a server keeps its state: `$CINECOM_STATE_DIR/<server>`, else `$XDG_STATE_HOME/cinecom/<server>`, else
 * `~/.local/state/cinecom/<server>`. Only names the folder; it is created when something is first written.
 *
 * @param server package name without scope: `mcp-postgres-admin`
 */
export function stateDir(server: string, env: Readonly<Record<string, string | undefined>>): string {
  const own = set(env['CINECOM_STATE_DIR']);
  if (own !== undefined) return join(own, server);
  return join(set(env['XDG_STATE_HOME']) ?? join(set(env['HOME']) ?? homedir(), '.local', 'state'), 'cinecom', server);
}

/** Blank counts as unset, and so does a literal `${NAME}` or `$NAME`: clients hand undefined variables down like that. */
function set(value: string | undefined): string | undefined {
  if (value === undefined || value.trim() === '') return undefined;
  return /\$\{\w+(:-[^}]*)?\}|^\$\w+$/.test(value) ? undefined : value;
}
