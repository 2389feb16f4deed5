import { dirname, relative, resolve } from 'node:path';
import { isToolError } from '@cinecom/mcp-core';
import type { Configuration } from '../../model/configuration.ts';
import type { ConfigFile, Identity } from '../../model/rule-files.ts';
import type { ServerState } from '../../model/server-state.ts';

/**
 * Whether the file and the running server are the same Prometheus: external labels, job names and rule files, the last
 * relative to each one's own folder, since a container sees the same files under other paths.
 */
export async function compareIdentity(
  own: ConfigFile | undefined,
  server: ServerState,
  signal: AbortSignal,
): Promise<Identity> {
  if (own === undefined) return { state: 'unknown', differs: ['no --config is given'] };
  try {
    const [running, flags, { workingFolder }] = await Promise.all([
      server.configuration(signal),
      server.flags(signal),
      server.runtimeInfo(signal),
    ]);
    const theirFile = resolve(workingFolder || '/', flags.get('config.file') ?? 'prometheus.yml');
    const mine = marks(own.configuration, dirname(own.path), dirname(own.path));
    const theirs = marks(running, dirname(theirFile), workingFolder || '/');
    const differs = Object.keys(mine).filter((key) => mine[key] !== theirs[key]);
    return { state: differs.length === 0 ? 'same' : 'different', differs };
  } catch (error) {
    if (!isToolError(error) || error.code !== 'backend_not_found') throw error;
    return { state: 'unknown', differs: ['the server does not tell its configuration'] };
  }
}

/** @param base what relative rule files are relative to; @param folder what they are told relative to */
function marks(configuration: Configuration, folder: string, base: string): Record<string, string> {
  const labels = Object.entries(configuration.externalLabels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    external_labels: JSON.stringify(labels),
    scrape_configs: JSON.stringify(configuration.jobs.map(({ name }) => name).toSorted()),
    rule_files: JSON.stringify(configuration.ruleFiles.map((file) => relative(folder, resolve(base, file))).toSorted()),
  };
}
