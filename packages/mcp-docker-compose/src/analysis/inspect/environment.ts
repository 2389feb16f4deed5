import { differsIn, type InspectedService, lineOf, type SectionRow, together } from './section.ts';

/** Names of variables, where each is set and whether a container has another value; values are never told. */
export function environmentRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers, defaults } = inspected;
  const live = containers.map(({ environment, imageId }) => ({
    names: new Set(environment.map(nameOf)),
    image: new Set((defaults.get(imageId)?.environment ?? []).map(nameOf)),
  }));
  const inFile = Object.keys(service?.environment ?? {});
  const names = new Set([...inFile, ...live.flatMap((one) => [...one.names])]);
  return [...names].toSorted().map((name) => {
    const isAsked = inFile.includes(name);
    const where = live.map(({ names: has, image }) =>
      has.has(name) ? (!isAsked && image.has(name) ? 'set by the image' : 'set') : 'not set',
    );
    return {
      item: name,
      file: isAsked ? 'set' : '',
      live: together(where),
      differs: differsIn(inspected, `environment.${name}`),
      line: lineOf(inspected, 'environment', name) ?? (isAsked ? lineOf(inspected, 'env_file') : undefined),
    };
  });
}

function nameOf(entry: string): string {
  const at = entry.indexOf('=');
  return at < 0 ? entry : entry.slice(0, at);
}

/** Labels with their values, without those that Compose itself sets. */
export function labelRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers } = inspected;
  const own = (labels: Readonly<Record<string, string>>): readonly string[] =>
    Object.keys(labels).filter((name) => !name.startsWith('com.docker.compose.'));
  const names = new Set([...own(service?.labels ?? {}), ...containers.flatMap(({ labels }) => own(labels))]);
  return [...names].toSorted().map((name) => ({
    item: name,
    file: valueOf(service?.labels, name),
    live: together(containers.map(({ labels }) => valueOf(labels, name))),
    differs: differsIn(inspected, `labels.${name}`),
    line: lineOf(inspected, 'labels', name),
  }));
}

function valueOf(labels: Readonly<Record<string, string>> | undefined, name: string): string {
  return labels !== undefined && Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
