import { counted, duration } from '@cinecom/mcp-core';
import type { Container } from '../../../model/container.ts';
import { type End, endsOf } from '../ends-of.ts';
import type { Rule, Symptom } from '../symptom.ts';
import { ago, exitWords, lastWords, named, toldEnd } from '../words.ts';

export const loopEnds = 3;
export const loopMs = 600_000;

/** Whether so many ends lie within the span. @param ends oldest first */
export function isLoop(ends: readonly Pick<End, 'at'>[]): boolean {
  return ends.some((end, index) => {
    const first = ends[index - loopEnds + 1];
    return first !== undefined && end.at - first.at <= loopMs;
  });
}

/** The engine itself counts restarts: it tells a loop also where events are forgotten. */
export function isRestarting({ restartCount, state }: Container, now: number): boolean {
  if (restartCount === 0) return false;
  if (state.status === 'restarting') return true;
  return restartCount >= loopEnds && state.startedAt !== undefined && now - state.startedAt <= loopMs;
}

export const crashLoop: Rule = (service, { now }) => {
  const own = endsOf(service).filter(({ kind }) => kind === 'own');
  const of = ({ id }: Container): readonly End[] => own.filter(({ containerId }) => containerId === id);
  const looping = service.containers.filter((one) => isLoop(of(one)) || isRestarting(one, now));
  const [worst] = looping.toSorted((a, b) => of(b).length - of(a).length || b.restartCount - a.restartCount);
  if (worst === undefined) return [];
  const ends = of(worst);
  const code = ends.at(-1)?.exitCode ?? (worst.state.status === 'restarting' ? worst.state.exitCode : undefined);
  const words = lastWords(service.logs.get(worst.id));
  const count = isLoop(ends)
    ? `${counted(ends.length, 'end')} within ${duration((ends.at(-1)?.at ?? 0) - (ends[0]?.at ?? 0))}`
    : `${counted(worst.restartCount, 'restart')}, the last ${ago(worst.state.startedAt, now)}`;
  const meaning = code === undefined ? 'exit code not known' : `exit ${exitWords(code)}`;
  return [
    {
      code: 'CRASH_LOOP',
      confidence: isLoop(ends) ? 'certain' : 'likely',
      severity: 'warning',
      evidence: `${worst.name}: ${count}; ${meaning}${words === undefined ? '' : `; last line: ${words}`}`,
      threshold: `fewer than ${loopEnds} ends in 10 min`,
      ...remedy(code, service.name),
      seen: ends.length > 0 ? ends.slice(-3).map(toldEnd) : [`${named(worst)}: RestartCount ${worst.restartCount}`],
    },
  ];
};

function remedy(code: number | undefined, service: string): Pick<Symptom, 'fix' | 'path' | 'patch'> {
  if (code === 0) {
    return {
      fix: 'A job that finishes and is always started anew: let it end, or give it a command that stays',
      path: ['services', service, 'restart'],
      patch: 'restart: on-failure',
    };
  }
  if (code === 126 || code === 127) {
    return { fix: 'Correct its command or the image', path: ['services', service, 'command'] };
  }
  return { fix: 'Read its last lines: the application ends by itself', path: ['services', service] };
}
