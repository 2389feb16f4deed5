import { duration } from '@cinecom/mcp-core';
import type { Container, ContainerHealth, Probe } from '../../../model/container.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Rule } from '../symptom.ts';
import { composeSeconds, cut, named, whichOf } from '../words.ts';

const timeoutShare = 0.95;
const cannotRun = ['not found', 'no such file or directory', 'permission denied'];

export type ProbeFailure = 'broken' | 'timeout' | 'refused';

/** What a failing probe failed by; undefined for one that succeeded. */
export function probeFailure(
  probe: Probe,
  { timeoutMs }: Pick<ContainerHealth, 'timeoutMs'>,
): ProbeFailure | undefined {
  const { exitCode, output, startedAt, endedAt } = probe;
  if (exitCode === 0) return undefined;
  const isRefusedByEngine = output.includes('exec failed') && cannotRun.some((words) => output.includes(words));
  if (exitCode === 126 || exitCode === 127 || isRefusedByEngine) return 'broken';
  return endedAt - startedAt >= timeoutShare * timeoutMs ? 'timeout' : 'refused';
}

interface Failing {
  readonly container: Container;
  readonly health: ContainerHealth;
  readonly probe: Probe | undefined;
}

/** Running replicas that are unhealthy for that reason. */
function failingBy({ containers }: ServiceFacts, reason: ProbeFailure): readonly Failing[] {
  return containers.flatMap((container) => {
    const { health, state } = container;
    if (state.status !== 'running' || health === undefined || health.status === 'healthy') return [];
    const probe = health.log.at(-1);
    const by = probe === undefined ? 'refused' : (probeFailure(probe, health) ?? 'refused');
    // one that still starts may yet become healthy, unless its probe cannot run at all
    if (by !== reason || (health.status === 'starting' && (by !== 'broken' || health.failingStreak === 0))) return [];
    return [{ container, health, probe }];
  });
}

const containersOf = (found: readonly Failing[]): readonly Container[] => found.map(({ container }) => container);

export const healthcheckBroken: Rule = (service) => {
  const found = failingBy(service, 'broken');
  const [first] = found;
  if (first === undefined) return [];
  return [
    {
      code: 'HEALTHCHECK_BROKEN',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(containersOf(found), service)}: the probe itself cannot run, exit ${first.probe?.exitCode}: ${cut(first.probe?.output ?? '')}`,
      threshold: 'a probe that can run',
      fix: 'Correct the command of the health check, or add the program to the image: nothing is known of the application',
      path: ['services', service.name, 'healthcheck', 'test'],
      seen: found
        .slice(0, 3)
        .map(({ container, health }) => `${named(container)}: ${health.failingStreak} failures in a row`),
    },
  ];
};

export const probeTimeout: Rule = (service) => {
  const found = failingBy(service, 'timeout');
  const [first] = found;
  if (first?.probe === undefined) return [];
  const { health, probe } = first;
  return [
    {
      code: 'PROBE_TIMEOUT',
      confidence: 'likely',
      severity: 'warning',
      evidence: `${whichOf(containersOf(found), service)}: the probe did not end within its timeout (${duration(probe.endedAt - probe.startedAt)}), ${health.failingStreak} in a row`,
      threshold: `${duration(timeoutShare * health.timeoutMs)} of a timeout of ${duration(health.timeoutMs)}`,
      fix: 'Find out why the application answers late; a longer timeout helps only if it does answer',
      path: ['services', service.name, 'healthcheck', 'timeout'],
      patch: `healthcheck.timeout: ${composeSeconds(health.timeoutMs * 2)}`,
      seen: found.slice(0, 3).map(({ container }) => named(container)),
    },
  ];
};

export const appUnhealthy: Rule = (service) => {
  const found = failingBy(service, 'refused');
  const [first] = found;
  if (first === undefined) return [];
  const { health, probe } = first;
  const output = cut(probe?.output ?? '');
  return [
    {
      code: 'APP_UNHEALTHY',
      confidence: 'likely',
      severity: 'warning',
      evidence: `${whichOf(containersOf(found), service)}: ${health.failingStreak} probes in a row failed, the last with exit ${probe?.exitCode ?? 'unknown'}${output === '' ? '' : `: ${output}`}`,
      threshold: `fewer than ${health.retries} failures in a row`,
      fix: 'The probe works and the application refuses it: read its last lines, then compose_restart',
      path: ['services', service.name, 'healthcheck'],
      seen: found.slice(0, 3).map(({ container }) => named(container)),
    },
  ];
};

/** Unhealthy only while it started, healthy since: the time it gets to start is too short. */
export const startPeriodTooShort: Rule = (service, { completeSince }) => {
  const slow = service.containers.flatMap((container) => {
    const { health, state, id } = container;
    const { startedAt } = state;
    if (state.status !== 'running' || health?.status !== 'healthy' || startedAt === undefined) return [];
    const told = service.events.filter(
      ({ containerId, at, action }) => containerId === id && at >= startedAt && action.startsWith('health_status'),
    );
    const last = told.at(-1);
    if (told.length < 2 || last === undefined || !last.action.endsWith(': healthy')) return [];
    // nothing but failures before the one success: later trouble is another matter
    if (!told.slice(0, -1).every(({ action }) => action.endsWith(': unhealthy'))) return [];
    return [{ container, health, neededMs: last.at - startedAt, isWhole: completeSince <= startedAt }];
  });
  const [worst] = slow.toSorted((a, b) => b.neededMs - a.neededMs);
  if (worst === undefined) return [];
  const { health, neededMs, isWhole } = worst;
  return [
    {
      code: 'START_PERIOD_TOO_SHORT',
      confidence: isWhole ? 'certain' : 'likely',
      severity: 'warning',
      evidence: `${whichOf(
        slow.map(({ container }) => container),
        service,
      )}: called unhealthy while it started, healthy after ${duration(neededMs)}`,
      threshold: `start_period ${duration(health.startPeriodMs)}, then ${health.retries} probes every ${duration(health.intervalMs)}`,
      fix: 'Give it 1.5 times what it needed to start',
      path: ['services', service.name, 'healthcheck', 'start_period'],
      patch: `healthcheck.start_period: ${composeSeconds(neededMs * 1.5)}`,
      seen: slow.slice(0, 3).map(({ container, neededMs: ms }) => `${named(container)}: healthy after ${duration(ms)}`),
    },
  ];
};
