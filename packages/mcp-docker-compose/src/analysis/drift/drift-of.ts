import type { Container } from '../../model/container.ts';
import type { LocalImage } from '../../model/image.ts';
import { changedKeys, type Wanted } from './changed-keys.ts';

/** How a container differs from what `up` would make now. */
export interface Drift {
  /** `skew`: another version of Compose made it, and nothing that can be compared differs. */
  readonly config: 'same' | 'changed' | 'skew';
  /** Changed keys of the service, without values; may be empty for keys that the engine does not tell. */
  readonly keys: readonly string[];
  /** The reference of the model is another image now. */
  readonly hasNewImage: boolean;
  /** Limits that were changed on the container alone: `memory`, `cpus`, `pids`. */
  readonly limits: readonly string[];
}

export interface DriftInput extends Wanted {
  readonly container: Container;
  /** Of the model as Compose would label it now. */
  readonly hash: string | undefined;
  /** Of Compose on this machine. */
  readonly composeVersion: string;
  /** What the model's reference is here now; undefined = not here. */
  readonly image: LocalImage | undefined;
}

/** The hash decides; what differs is then looked for field by field. */
export function driftOf(input: DriftInput): Drift {
  const { container, hash, composeVersion, image, service } = input;
  const limits = changedLimits(container, service.limits);
  const isSame = hash === undefined || hash === container.configHash;
  const keys = isSame
    ? []
    : [...changedKeys(container, input), ...limits.map((name) => `deploy.resources.limits.${name}`)];
  const isSkew =
    !isSame && keys.length === 0 && plainVersion(composeVersion) !== plainVersion(container.composeVersion);
  return {
    config: isSame ? 'same' : isSkew ? 'skew' : 'changed',
    keys,
    hasNewImage: image !== undefined && image.id !== container.imageId && container.image === service.image,
    limits: isSame ? limits : [],
  };
}

function changedLimits({ limits: has }: Container, wanted: Wanted['service']['limits']): readonly string[] {
  return [
    ...(has.memoryBytes === wanted.memoryBytes ? [] : ['memory']),
    ...(Math.abs((has.cpus ?? 0) - (wanted.cpus ?? 0)) < 1e-6 ? [] : ['cpus']),
    ...(has.pids === wanted.pids ? [] : ['pids']),
  ];
}

/** Distributions add their own suffix. */
function plainVersion(version: string): string {
  return version.replace(/^v/, '').split(/[-+~]/, 1)[0] ?? '';
}
