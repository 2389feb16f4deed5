import { counted } from '@cinecom/mcp-core';
import { endsOf } from '../ends-of.ts';
import { isFinished, isShort, wantedReplicas } from '../readiness.ts';
import type { Rule } from '../symptom.ts';
import { ago, cut, exitWords, lastWords, named, whichOf } from '../words.ts';

const zombieMs = 60_000;

export const orphan: Rule = (service) => [
  {
    code: 'ORPHAN',
    confidence: 'certain',
    severity: 'warning',
    evidence: `${counted(service.containers.length, 'container')} of a service that the files do not have`,
    threshold: 'none',
    fix: 'Remove it, or turn on the profile it belongs to',
    seen: service.containers.slice(0, 3).map((one) => `${named(one)} is ${one.state.status}`),
  },
];

export const zombieCreated: Rule = (service, { now }) => {
  const found = service.containers.filter(
    ({ state, createdAt }) => state.status === 'created' && now - createdAt > zombieMs,
  );
  const [first] = found;
  if (first === undefined) return [];
  return [
    {
      code: 'ZOMBIE_CREATED',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(found, service)}: created ${ago(first.createdAt, now)}, never started`,
      threshold: `started within ${zombieMs / 1000} s`,
      fix: 'Start it (compose_up), or remove what a failed update left',
      path: ['services', service.name],
      seen: found.slice(0, 3).map(named),
    },
  ];
};

/** Ended, or not able to begin, for a reason that no other rule knows. */
export const exited: Rule = (service, { now }) => {
  if (!isShort(service)) return [];
  const found = service.containers.filter(
    (one) =>
      (['exited', 'dead'].includes(one.state.status) && !isFinished(one)) ||
      (one.state.status === 'created' && one.state.error !== ''),
  );
  const [first] = found;
  if (first === undefined) return [];
  const { state, id } = first;
  const end = endsOf(service).findLast(({ containerId }) => containerId === id);
  const words = lastWords(service.logs.get(id));
  const isStopped = end?.kind === 'asked';
  const how =
    state.error !== ''
      ? `does not start, exit ${exitWords(state.exitCode)}: ${cut(state.error)}`
      : isStopped
        ? `was stopped ${ago(state.finishedAt, now)}, exit ${exitWords(state.exitCode)}`
        : `ended ${ago(state.finishedAt, now)} with exit ${exitWords(state.exitCode)}${words === undefined ? '' : `; last line: ${words}`}`;
  return [
    {
      code: 'EXITED',
      confidence: isStopped && end.isSeen ? 'certain' : 'likely',
      severity: 'warning',
      evidence: `${whichOf(found, service)}: ${how}`,
      threshold: `${counted(wantedReplicas(service), 'replica')} running`,
      fix: isStopped
        ? 'Somebody stopped it: start it again with compose_up if that was not meant to last'
        : 'Correct what it says; its restart policy does not bring it back',
      path: ['services', service.name, state.error === '' ? 'restart' : 'command'],
      seen: found.slice(0, 3).map((one) => `${named(one)} is ${one.state.status}`),
    },
  ];
};

export const paused: Rule = (service) => {
  const found = service.containers.filter(({ state }) => state.status === 'paused');
  if (found.length === 0) return [];
  return [
    {
      code: 'PAUSED',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(found, service)} is paused`,
      threshold: 'running',
      fix: 'Somebody paused it: docker unpause lets it go on',
      seen: found.slice(0, 3).map(named),
    },
  ];
};

export const replicasMissing: Rule = (service) => {
  const desired = wantedReplicas(service);
  const has = service.containers.length;
  if (has >= desired) return [];
  return [
    {
      code: 'REPLICAS_MISSING',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${has} of ${counted(desired, 'replica')} exist`,
      threshold: `${counted(desired, 'replica')} of the files`,
      fix: 'Create them: compose_up, or compose_scale',
      path: ['services', service.name],
      seen: [],
    },
  ];
};
