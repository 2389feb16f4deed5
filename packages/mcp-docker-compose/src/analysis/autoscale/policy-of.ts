import type { ComposeService } from '../../model/compose-model.ts';

/** How a service is scaled by load, from its labels `cinecom.autoscale.*`. */
export interface AutoscalePolicy {
  readonly min: number;
  readonly max: number;
  /** Wanted use ÷ limit, above 0. */
  readonly cpuRatio: number;
  readonly memoryRatio: number;
}

export const autoscaleLabel = 'cinecom.autoscale.';
const names = ['min', 'max', 'cpu', 'memory'] as const;
const defaults = { min: 1, cpu: 70, memory: 80 };

/** Whether a service has any label of the kind. */
export function isAutoscaled({ labels }: Pick<ComposeService, 'labels'>): boolean {
  return Object.keys(labels).some((name) => name.startsWith(autoscaleLabel));
}

/**
 * @param maxReplicas upper end where no label says one, and never more
 * @returns the policy, or what is wrong with the labels, in own words
 */
export function policyOf(
  { labels }: Pick<ComposeService, 'labels'>,
  maxReplicas: number,
): AutoscalePolicy | { readonly problem: string } {
  const unknown = Object.keys(labels).some(
    (name) => name.startsWith(autoscaleLabel) && !names.some((known) => name === `${autoscaleLabel}${known}`),
  );
  if (unknown) return { problem: `a label ${autoscaleLabel}… is unknown; there are ${names.join(', ')}` };
  const told = Object.fromEntries(names.map((name) => [name, labels[`${autoscaleLabel}${name}`]]));
  const wrong = names.find((name) => told[name] !== undefined && !isAllowed(name, told[name]));
  if (wrong !== undefined) return { problem: `label ${autoscaleLabel}${wrong} is not ${allowedWords[wrong]}` };
  const read = (name: keyof typeof defaults): number =>
    told[name] === undefined ? defaults[name] : Number(told[name]);
  const min = read('min');
  const max = Math.min(told.max === undefined ? maxReplicas : Number(told.max), maxReplicas);
  if (min > max) return { problem: `label ${autoscaleLabel}min, ${min}, is above the upper end of ${max}` };
  return { min, max, cpuRatio: read('cpu') / 100, memoryRatio: read('memory') / 100 };
}

const allowedWords = {
  min: 'a whole number from 1 to 1000',
  max: 'a whole number from 1 to 1000',
  cpu: 'a whole percentage from 1 to 100',
  memory: 'a whole percentage from 1 to 100',
};

function isAllowed(name: (typeof names)[number], text: string): boolean {
  const most = name === 'min' || name === 'max' ? 1000 : 100;
  return /^[1-9][0-9]{0,3}$/.test(text) && Number(text) <= most;
}
