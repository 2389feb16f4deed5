import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * Where a server keeps its state unless `CINECOM_STATE_DIR` is set: `$XDG_STATE_HOME/cinecom/<server>`, else
 * `~/.local/state/cinecom/<server>`. Only names the folder; it is created when something is first written.
 *
 * @param server package name without scope: `mcp-postgres-admin`
 */
export function stateDir(server: string, env: Readonly<Record<string, string | undefined>>): string {
  const base = absolute(env['XDG_STATE_HOME']) ?? join(absolute(env['HOME']) ?? homedir(), '.local', 'state');
  return join(base, 'cinecom', server);
}

/** Blank, relative (as its specification asks), and an unexpanded `$NAME` handed down by a client all count as unset. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) && !/\$\{\w+/.test(path) ? path : undefined;
}
