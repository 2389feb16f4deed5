import type { Container } from '../../model/container.ts';

/** Serves as far as anybody can tell: healthy, or running where nothing checks its health. */
export function isReady({ state, health }: Pick<Container, 'state' | 'health'>): boolean {
  return state.status === 'running' && (health === undefined || health.status === 'healthy');
}
