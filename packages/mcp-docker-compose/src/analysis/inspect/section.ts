import type { ComposeModel, ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { ImageDefaults } from '../../model/image.ts';
import type { Locator } from '../files/locate.ts';

/** What a section is made from. */
export interface InspectedService {
  readonly name: string;
  /** Undefined: the files do not have it, or are not known. */
  readonly model: ComposeModel | undefined;
  readonly service: ComposeService | undefined;
  /** Without one-offs. */
  readonly containers: readonly Container[];
  /** Of the images that the containers run, by their id. */
  readonly defaults: ReadonlyMap<string, ImageDefaults>;
  /** Keys of the service in which a container differs from the files, by container id. */
  readonly changed: ReadonlyMap<string, readonly string[]>;
  readonly locator: Locator;
}

/** One thing as the files ask for it and as the containers have it. */
export interface SectionRow {
  readonly item: string;
  /** Empty: not asked for. */
  readonly file: string;
  /** Of all containers where they agree, else each value with how many have it. */
  readonly live: string;
  /** Undefined where there is nothing to compare. */
  readonly differs: boolean | undefined;
  /** `compose.yml:12` */
  readonly line?: string | undefined;
}

/** Values of all containers: one where they agree, else each with its number, the most frequent first. */
export function together(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [[only = ''] = []] = counts;
  if (counts.size <= 1) return only;
  return [...counts]
    .toSorted((a, b) => b[1] - a[1])
    .map(([value, count]) => `${value || 'none'} (${count})`)
    .join('; ');
}

/** A row whose two sides are written the same way, so that they can be compared as they are. */
export function compared(item: string, file: string | undefined, live: readonly string[]): SectionRow {
  const differs = file === undefined || live.length === 0 ? undefined : live.some((value) => value !== file);
  return { item, file: file ?? '', live: together(live), differs };
}

/** `file:line` of a key of the service, where it is written. */
export function lineOf({ locator, name }: InspectedService, ...path: readonly string[]): string | undefined {
  const found = locator.locate(['services', name, ...path]);
  return found === undefined ? undefined : `${found.file}:${found.line}`;
}

/** Whether any container differs in a key of the service, by what was compared with the files. */
export function differsIn({ service, containers, changed }: InspectedService, key: string): boolean | undefined {
  if (service === undefined || containers.length === 0) return undefined;
  return containers.some(({ id }) => changed.get(id)?.includes(key));
}
