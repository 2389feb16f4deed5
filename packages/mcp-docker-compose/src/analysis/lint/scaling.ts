import { counted } from '@cinecom/mcp-core';
import { isUnpinned } from '../images/reference.ts';
import { serviceRule } from './rule.ts';

export const containerName = serviceRule('CONTAINER_NAME', ({ service, line }) => {
  if (service.containerName === undefined) return [];
  return [
    {
      severity: 'warning',
      evidence: `container_name: ${service.containerName}`,
      threshold: 'none',
      fix: 'Remove container_name: with it there can be one replica only, and no update without a gap',
      at: line(['container_name']),
    },
  ];
});

export const fixedHostPort = serviceRule('FIXED_HOST_PORT', ({ service, line }) => {
  if (service.replicas <= 1) return [];
  return service.ports.flatMap(({ published }) => {
    const size = rangeSize(published);
    if (size === 0 || size >= service.replicas) return [];
    return [
      {
        severity: 'warning' as const,
        evidence: `host port ${published} for ${counted(service.replicas, 'replica')}`,
        threshold: 'a range with a port for each replica, or no host port',
        fix: 'Publish through a proxy, or give a range with one port more than replicas',
        at: line(['ports'], published),
      },
    ];
  });
});

/** Ports of `8080` or `8000-8010`; 0 for any free one. */
function rangeSize(published: string): number {
  if (published === '') return 0;
  const [first = 0, last = first] = published.split('-').map(Number);
  return last - first + 1;
}

export const anonymousVolume = serviceRule('ANONYMOUS_VOLUME', ({ service, defaults, line }) => {
  if (service.update.order !== 'start-first') return [];
  const named = new Set(service.volumes.filter(({ source }) => source !== '').map(({ target }) => target));
  const own = service.volumes
    .filter(({ type, source }) => type === 'volume' && source === '')
    .map(({ target }) => target);
  const targets = [...new Set([...own, ...(defaults?.volumes ?? [])])].filter((target) => !named.has(target));
  return targets.map((target) => ({
    severity: 'warning' as const,
    evidence: `${target} is an anonymous volume${own.includes(target) ? '' : ' of the image'}, updates are start-first`,
    threshold: 'a named volume, a tmpfs or none',
    fix: 'Name the volume if its data matter: each new replica begins with an empty one',
    at: line(['volumes'], target),
  }));
});

export const unpinnedTag = serviceRule('UNPINNED_TAG', ({ service, line }) => {
  if (service.isBuilt || !isUnpinned(service.image)) return [];
  return [
    {
      severity: 'warning',
      evidence: `image: ${service.image}`,
      threshold: 'a tag that says a version, or a digest',
      fix: 'Name a version: else nobody can tell which one runs, or get it back',
      at: line(['image']),
    },
  ];
});
