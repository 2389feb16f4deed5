import type { Container } from '../../model/container.ts';

/** Sum of memory limits, which `--memory-guard` bounds; what has none counts nothing. */
export function limitedBytes(containers: readonly Pick<Container, 'limits'>[]): number {
  return containers.reduce((sum, { limits }) => sum + (limits.memoryBytes ?? 0), 0);
}
