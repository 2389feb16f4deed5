import type { Container } from '../../../model/container.ts';
import type { ServiceFacts } from '../facts.ts';
import { isShort } from '../readiness.ts';
import type { Rule } from '../symptom.ts';
import { ago, cut, named, whichOf } from '../words.ts';

const taken = ['port is already allocated', 'address already in use'];
const noSpace = ['no space left on device', 'enospc'];

function says(text: string, words: readonly string[]): boolean {
  const low = text.toLowerCase();
  return words.some((word) => low.includes(word));
}

/** Ports of the host that a container wanted and could not get, by what the engine said. */
export function conflictPorts({ state, wantedPorts }: Pick<Container, 'state' | 'wantedPorts'>): readonly number[] {
  if (state.status === 'running' || !says(state.error, taken)) return [];
  const published = wantedPorts.map((port) => /:(\d{1,5})->/.exec(port)?.[1]).filter((port) => port !== undefined);
  const named = published.filter((port) => state.error.includes(`:${port}`));
  return [...new Set(named.length > 0 ? named : published)].map(Number);
}

export const portConflict: Rule = (service, { holders }) => {
  const hit = service.containers.filter(({ state }) => state.status !== 'running' && says(state.error, taken));
  const [first] = hit;
  if (first === undefined) return [];
  const ports = conflictPorts(first);
  const held = ports.flatMap((port) => {
    const names = (holders.get(port) ?? []).filter((name) => name !== first.name);
    return names.map((name) => `${name} holds ${port}`);
  });
  const who =
    held.length > 0 ? held.slice(0, 3).join(', ') : 'no container publishes it: a process of the host holds it';
  return [
    {
      code: 'PORT_CONFLICT',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(hit, service)} cannot start: port ${ports.join(', ') || 'of the host'} is taken; ${who}`,
      threshold: 'the port is free',
      fix: 'Stop the holder, or publish another port',
      path: ['services', service.name, 'ports'],
      seen: hit.slice(0, 3).map((one) => `${named(one)}: ${cut(one.state.error)}`),
    },
  ];
};

export const imageMissing: Rule = (service, { images }) => {
  const { wanted, containers, name } = service;
  if (wanted === undefined || wanted.image === '' || wanted.replicas === 0 || images.has(wanted.image)) return [];
  const isDown = isShort(service);
  return [
    {
      code: 'IMAGE_MISSING',
      confidence: 'certain',
      severity: isDown ? 'warning' : 'info',
      evidence: `${wanted.image} is not on this host; ${containers.length} of ${wanted.replicas} replicas exist`,
      threshold: 'the image of the file is here',
      fix: wanted.isBuilt ? 'Build it: compose_up with build true' : 'Pull it, or correct the reference',
      path: ['services', name, 'image'],
      seen: [],
    },
  ];
};

export const volumeMissing: Rule = (service, { model, volumes }) => {
  const { wanted, containers, name } = service;
  const refused = containers.filter(
    ({ state }) =>
      state.status !== 'running' && says(state.error, ['bind source path does not exist', 'no such volume']),
  );
  const gone = (wanted?.volumes ?? [])
    .filter(({ type, source }) => type === 'volume' && source !== '')
    .map(({ source }) => model?.volumes.get(source) ?? { name: source, isExternal: false })
    .filter((volume) => volumes !== undefined && !volumes.has(volume.name))
    .filter(({ isExternal }) => isExternal || containers.length > 0)
    .map((volume) => volume.name);
  if (refused.length + gone.length === 0) return [];
  return [
    {
      code: 'VOLUME_MISSING',
      confidence: 'certain',
      severity: 'warning',
      evidence: gone.length > 0 ? `${gone.join(', ')} is not on this host` : cut(refused[0]?.state.error ?? ''),
      threshold: 'every volume of the file is here',
      fix: 'Restore it from a backup if it held data, else create it (docker volume create)',
      path: ['services', name, 'volumes'],
      seen: refused.slice(0, 3).map((one) => `${named(one)}: ${cut(one.state.error)}`),
    },
  ];
};

export const networkDetached: Rule = (service, { model, networks }) => {
  const { wanted, containers, name } = service;
  if (wanted === undefined || wanted.networkMode !== undefined) return [];
  const all = [...wanted.networks.keys()].map((key) => model?.networks.get(key) ?? { name: key, isExternal: false });
  const gone = all.filter((one) => networks !== undefined && !networks.has(one.name));
  const lost = gone.filter(({ isExternal }) => isExternal || containers.length > 0).map((one) => one.name);
  const without = containers.filter((one) => isDetached(one, all, service));
  if (lost.length + without.length === 0) return [];
  const names = all.map((one) => one.name).filter((one) => !without[0]?.networks.some((has) => has.name === one));
  return [
    {
      code: 'NETWORK_DETACHED',
      confidence: 'certain',
      severity: 'warning',
      evidence:
        lost.length > 0
          ? `network ${lost.join(', ')} is not on this host`
          : `${whichOf(without, service)} runs outside of ${names.join(', ')}`,
      threshold: 'in every network of the file',
      fix:
        lost.length > 0
          ? 'Create the network (docker network create)'
          : 'Connect it again (docker network connect), or recreate it',
      path: ['services', name, 'networks'],
      seen: without
        .slice(0, 3)
        .map((one) => `${named(one)}: in ${one.networks.map((has) => has.name).join(', ') || 'no network'}`),
    },
  ];
};

/** Not by a change of the files that is not applied yet: that is drift. */
function isDetached(one: Container, all: readonly { readonly name: string }[], { drifts }: ServiceFacts): boolean {
  if (one.state.status !== 'running' || drifts.get(one.id)?.config === 'changed') return false;
  return all.some(({ name }) => !one.networks.some((has) => has.name === name));
}

export const diskFull: Rule = (service, { now }) => {
  const found = service.containers.flatMap((one) => {
    const probe = one.state.status === 'running' ? one.health?.log.at(-1) : undefined;
    const line = service.logs.get(one.id)?.findLast(({ text }) => says(text, noSpace));
    if (says(one.state.error, noSpace)) return [{ one, from: 'the engine', text: one.state.error, isSure: true }];
    if (probe !== undefined && probe.exitCode !== 0 && says(probe.output, noSpace)) {
      return [{ one, from: 'its health check', text: probe.output, isSure: true }];
    }
    return line === undefined ? [] : [{ one, from: `its log ${ago(line.at, now)}`, text: line.text, isSure: false }];
  });
  const [first] = found;
  if (first === undefined) return [];
  return [
    {
      code: 'DISK_FULL',
      confidence: found.some(({ isSure }) => isSure) ? 'certain' : 'likely',
      severity: 'warning',
      evidence: `${whichOf(
        found.map(({ one }) => one),
        service,
      )}: ${first.from} says: ${cut(first.text)}`,
      threshold: 'space left on the device',
      fix: 'Free space of the file system or volume that it writes to; compose_cleanup tells what Docker holds',
      seen: found.slice(0, 3).map(({ one, from }) => `${named(one)}: by ${from}`),
    },
  ];
};
