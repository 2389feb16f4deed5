import type { Container } from '../../model/container.ts';
import { recordOf } from '../../analysis/records/record-of.ts';
import { mapped } from './fed-back.ts';

const spaces = ['network_mode', 'ipc', 'pid'];
const service = 'service:';

/** Whether a service of a resolved model joins a namespace of another one. */
export function joinsOthers(text: string): boolean {
  return text.includes(`"${service}`);
}

/**
 * A resolved model as Compose hashes it: it replaces the service whose namespace another one joins by the first of its
 * containers, by name. Where there is none yet, the service stays.
 */
export function withJoined(text: string, containers: readonly Pick<Container, 'id' | 'name' | 'service'>[]): string {
  const first = (name: string): string | undefined =>
    containers
      .filter((one) => one.service === name)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .at(0)?.id;
  const joined = (value: unknown, key: string): unknown => {
    if (!spaces.includes(key) || typeof value !== 'string' || !value.startsWith(service)) return value;
    const id = first(value.slice(service.length));
    return id === undefined ? value : `container:${id}`;
  };
  const model = recordOf(JSON.parse(text));
  const services = mapped(recordOf(model.services), (one) => mapped(recordOf(one), joined));
  return JSON.stringify({ ...model, services });
}
