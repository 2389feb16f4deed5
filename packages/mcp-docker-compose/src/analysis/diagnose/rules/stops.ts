import { counted, duration } from '@cinecom/mcp-core';
import { type End, endsOf } from '../ends-of.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Rule } from '../symptom.ts';
import { ago, composeSeconds, toldEnd } from '../words.ts';

/** Containers that are still at the end that is told. */
function endedNow({ containers }: ServiceFacts, end: End): boolean {
  const container = containers.find(({ id }) => id === end.containerId);
  return (
    container !== undefined &&
    ['exited', 'dead'].includes(container.state.status) &&
    Math.abs((container.state.finishedAt ?? 0) - end.at) < 2000
  );
}

/** What to write: from the longest stop that went well, else twice what was too little. */
function recommendedGrace(ends: readonly End[], graceMs: number): { readonly ms: number; readonly why: string } {
  const longest = Math.max(0, ...ends.filter(({ kind }) => kind === 'asked').map(({ stopMs = 0 }) => stopMs));
  if (longest * 1.5 > graceMs)
    return { ms: longest * 1.5, why: `1.5 times the longest good stop (${duration(longest)})` };
  return { ms: graceMs * 2, why: 'a try of twice as long: no stop went well that would tell how long it needs' };
}

function graceFix(service: ServiceFacts, ends: readonly End[]) {
  const graceMs = ends.findLast(({ kind }) => kind === 'forced')?.graceMs ?? 0;
  const { ms, why } = recommendedGrace(ends, graceMs);
  return {
    fix: `Either it does not handle its stop signal (exec in the entrypoint, or init: true), or it needs longer: ${why}`,
    path: ['services', service.name, 'stop_grace_period'],
    patch: `stop_grace_period: ${composeSeconds(ms)}`,
  };
}

/** Down now because it did not end in time when it was asked to. */
export const graceExceeded: Rule = (service, { now }) => {
  const ends = endsOf(service);
  const found = ends.filter((end) => end.kind === 'forced' && endedNow(service, end));
  const last = found.at(-1);
  if (last === undefined) return [];
  return [
    {
      code: 'GRACE_EXCEEDED',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${last.containerName}: stop signal, then killed after ${duration(last.stopMs ?? 0)}, ${ago(last.at, now)}`,
      threshold: `ends within its grace period of ${duration(last.graceMs)}`,
      ...graceFix(service, ends),
      seen: found.slice(-3).map(toldEnd),
    },
  ];
};

/** The ledger of stops that needed force, whatever runs now. */
export const ungracefulStop: Rule = (service) => {
  const ends = endsOf(service);
  const forced = ends.filter(({ kind }) => kind === 'forced');
  const stops = ends.filter(({ kind }) => kind === 'forced' || kind === 'asked');
  const last = forced.at(-1);
  if (last === undefined) return [];
  const seconds = forced.map(({ stopMs = 0 }) => (stopMs / 1000).toFixed(1)).slice(-5);
  return [
    {
      code: 'UNGRACEFUL_STOP',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${forced.length} of ${counted(stops.length, 'stop')} needed force, after ${seconds.join(', ')} s`,
      threshold: `ends within its grace period of ${duration(last.graceMs)}`,
      ...graceFix(service, ends),
      seen: forced.slice(-3).map(toldEnd),
    },
  ];
};

/** Killed from outside: neither for want of memory nor after its grace period. Containers that were removed are left out. */
export const externalKill: Rule = (service, { now, completeSince }) => {
  const here = new Set(service.containers.map(({ id }) => id));
  const found = endsOf(service).filter(({ kind, containerId }) => kind === 'killed' && here.has(containerId));
  const last = found.at(-1);
  if (last === undefined) return [];
  const isKnown = last.isSeen || last.at >= completeSince;
  const how = last.wasKilled
    ? last.stopMs === undefined
      ? 'SIGKILL was sent through the engine'
      : `killed ${duration(last.stopMs)} after its stop signal, before its grace period of ${duration(last.graceMs)} was over`
    : isKnown
      ? 'SIGKILL came from outside the engine'
      : 'SIGKILL; the events of that time are forgotten, so it may have been a stop that took too long';
  return [
    {
      code: 'EXTERNAL_KILL',
      confidence: last.wasKilled ? 'certain' : isKnown ? 'likely' : 'possible',
      severity: 'warning',
      evidence: `${last.containerName}: ${how}, ${ago(last.at, now)}${found.length > 1 ? `; ${found.length} times in all` : ''}`,
      threshold: 'no exit 137',
      fix: last.wasKilled
        ? 'Ask who ran docker kill, or a stop with a short timeout'
        : "Look in the host's kernel log: its out-of-memory killer or a person ended the process",
      seen: found.slice(-3).map(toldEnd),
    },
  ];
};
