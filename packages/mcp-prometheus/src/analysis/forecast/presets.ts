import { realFilesystems, withMatchers } from '@cinecom/promql';

export const presets = ['disk', 'inodes', 'memory', 'tsdb'] as const;
export type Preset = (typeof presets)[number];

/**
 * What a preset asks, and its limit where it is known: free amounts run towards 0.
 * @param matchers without braces; empty for all
 */
export function forecastQuery(
  preset: Preset,
  matchers: string,
): { readonly query: string; readonly limit: number | undefined; readonly isLeft: boolean } {
  const of = (metric: string, own = ''): string => withMatchers(metric, own, matchers);
  switch (preset) {
    case 'disk':
      return {
        query: `${of('node_filesystem_avail_bytes', realFilesystems)} and ${of('node_filesystem_readonly', realFilesystems)} == 0`,
        limit: 0,
        isLeft: true,
      };
    case 'inodes':
      return {
        query: `${of('node_filesystem_files_free', realFilesystems)} and ${of('node_filesystem_files', realFilesystems)} > 0`,
        limit: 0,
        isLeft: true,
      };
    case 'memory':
      return { query: of('node_memory_MemAvailable_bytes'), limit: 0, isLeft: true };
    case 'tsdb':
    default:
      return {
        query: `sum by (instance) (${of('prometheus_tsdb_storage_blocks_bytes')})`,
        limit: undefined,
        isLeft: false,
      };
  }
}
