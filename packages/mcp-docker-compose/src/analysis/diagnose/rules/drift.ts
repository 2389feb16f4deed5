import type { Drift } from '../../drift/drift-of.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Rule } from '../symptom.ts';
import { named, whichOf } from '../words.ts';

function drifted({ containers, drifts }: ServiceFacts, has: (drift: Drift) => boolean) {
  return containers.flatMap((container) => {
    const drift = drifts.get(container.id);
    return drift !== undefined && has(drift) ? [{ container, drift }] : [];
  });
}

function keysOf(all: readonly (readonly string[])[]): string {
  const keys = [...new Set(all.flat())];
  const shown = keys.slice(0, 8).join(', ') || 'keys that the engine does not tell';
  return keys.length > 8 ? `${shown} and ${keys.length - 8} more` : shown;
}

const containersOf = (found: ReturnType<typeof drifted>) => found.map(({ container }) => container);
const seenOf = (found: ReturnType<typeof drifted>) => containersOf(found).slice(0, 3).map(named);

export const configDrift: Rule = (service) => {
  const found = drifted(service, ({ config }) => config === 'changed');
  if (found.length === 0) return [];
  return [
    {
      code: 'CONFIG_DRIFT',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(containersOf(found), service)} differs from the files: ${keysOf(found.map(({ drift }) => drift.keys))}`,
      threshold: 'the hash of the files',
      fix: 'Apply the files (compose_deploy_check, then compose_rollout), or take the change back',
      path: ['services', service.name],
      seen: seenOf(found),
    },
  ];
};

export const imageDrift: Rule = (service) => {
  const found = drifted(service, ({ hasNewImage }) => hasNewImage);
  if (found.length === 0) return [];
  return [
    {
      code: 'IMAGE_DRIFT',
      confidence: 'certain',
      severity: 'info',
      evidence: `${whichOf(containersOf(found), service)} runs an older image than ${service.wanted?.image ?? 'the reference'} is now`,
      threshold: 'the image that the reference has on this host',
      fix: 'Update it: compose_deploy_check, then compose_rollout',
      path: ['services', service.name, 'image'],
      seen: seenOf(found),
    },
  ];
};

/** Where the file has the first of them, in whichever form. */
function limitPath({ wanted }: ServiceFacts, found: ReturnType<typeof drifted>): readonly string[] {
  const [name = ''] = found[0]?.drift.limits ?? [];
  const old = { memory: 'mem_limit', cpus: 'cpus', pids: 'pids_limit' }[name];
  return old !== undefined && (wanted?.raw[old] ?? null) !== null ? [old] : ['deploy', 'resources', 'limits', name];
}

export const limitDrift: Rule = (service) => {
  const found = drifted(service, ({ limits }) => limits.length > 0);
  if (found.length === 0) return [];
  return [
    {
      code: 'LIMIT_DRIFT',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(containersOf(found), service)} has other limits than the files: ${keysOf(found.map(({ drift }) => drift.limits))}`,
      threshold: 'limits of the files',
      fix: 'Write them into the file (compose_set_resources with target file), since the next recreation loses them; or set the old ones again',
      path: ['services', service.name, ...limitPath(service, found)],
      seen: seenOf(found),
    },
  ];
};
