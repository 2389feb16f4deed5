import { bytes } from '@cinecom/mcp-core';
import type { Container } from '../../model/container.ts';
import { compared, differsIn, type InspectedService, lineOf, type SectionRow, together } from './section.ts';

/** Mounts by the place in the container. */
export function mountRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers, model } = inspected;
  const wanted = new Map(
    (service?.volumes ?? []).map(({ type, source, target, isReadOnly }) => {
      const name = type === 'volume' ? (model?.volumes.get(source)?.name ?? source) : source;
      return [target, `${type} ${name || 'anonymous'}, ${isReadOnly ? 'read-only' : 'writable'}`] as const;
    }),
  );
  const live = (target: string) => (container: Container) => {
    const mount = container.mounts.find((one) => one.target === target);
    if (mount === undefined) return 'not mounted';
    return `${mount.type} ${mount.name || mount.source}, ${mount.isWritable ? 'writable' : 'read-only'}`;
  };
  const targets = new Set([
    ...wanted.keys(),
    ...containers.flatMap(({ mounts }) => mounts.map(({ target }) => target)),
  ]);
  const differs = differsIn(inspected, 'volumes');
  return [...targets].toSorted().map((target) => {
    const file = wanted.get(target) ?? '';
    const now = containers.map(live(target));
    // an anonymous volume has a name only once it is there; a tmpfs is not among the mounts that the engine lists
    const isOpen = file.includes('anonymous') || file.startsWith('tmpfs');
    const isSame = file === '' || isOpen || now.every((one) => one === file);
    return { item: target, file, live: together(now), differs: differs && !isSame, line: lineOf(inspected, 'volumes') };
  });
}

export function networkRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers, model } = inspected;
  if (service?.networkMode !== undefined) {
    return [{ item: `network_mode ${service.networkMode}`, file: 'asked for', live: '', differs: undefined }];
  }
  const wanted = [...(service?.networks.keys() ?? [])].map((key) => model?.networks.get(key)?.name ?? key);
  const names = new Set([...wanted, ...containers.flatMap(({ networks }) => networks.map(({ name }) => name))]);
  return [...names].toSorted().map((name) => {
    const joined = containers.map(({ networks }) => networks.find((one) => one.name === name));
    const isAsked = wanted.includes(name);
    return {
      item: name,
      file: isAsked ? 'joined' : '',
      live: joined.map((one) => (one === undefined ? 'not joined' : one.address || 'joined')).join(', '),
      differs: service === undefined ? undefined : joined.some((one) => (one !== undefined) !== isAsked),
    };
  });
}

export function limitRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers } = inspected;
  const size = (value: number | undefined): string => (value === undefined ? 'none' : bytes(value));
  const number = (value: number | undefined): string => (value === undefined ? 'none' : String(value));
  const rows = [
    ['memory', size, 'memoryBytes', 'mem_limit', ['limits', 'memory']],
    ['memory reservation', size, 'memoryReservationBytes', 'mem_reservation', ['reservations', 'memory']],
    ['cpus', number, 'cpus', 'cpus', ['limits', 'cpus']],
    ['pids', number, 'pids', 'pids_limit', ['limits', 'pids']],
  ] as const;
  return rows.map(([item, write, key, old, path]) => ({
    ...compared(
      item,
      service === undefined ? undefined : write(service.limits[key]),
      containers.map(({ limits }) => write(limits[key])),
    ),
    line: lineOf(inspected, 'deploy', 'resources', ...path) ?? lineOf(inspected, old),
  }));
}
