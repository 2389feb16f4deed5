import { bytes, counted, ToolError } from '@cinecom/mcp-core';
import { metricWords } from '../analysis/autoscale/judge-autoscale.ts';
import { scaleConcern } from '../analysis/scale/scale-concern.ts';
import type { ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { type AutoscaledService, readAutoscale } from './autoscale-reading.ts';
import { readDeploy, type ServiceDeploy } from './deploy-reading.ts';
import type { ComposeCall } from './project-reading.ts';
import { unprotected } from './scope.ts';
import { noWishes } from './wishes.ts';

/** How one service gets to another number of replicas. */
export interface ScaleStep {
  readonly order: ServiceOrder;
  /** Ids of those there are. */
  readonly present: readonly string[];
  /** In own words, as all here: `movie: from 2 to 3 replicas`. */
  readonly change: string;
  /** By which command, and why so many. */
  readonly how: string;
  readonly warnings: readonly string[];
}

export interface ScaleReading {
  readonly steps: readonly ScaleStep[];
  /** Services that are to be scaled and cannot be, in own words. */
  readonly refused: readonly string[];
}

/** @throws ToolError when the service cannot have so many */
export async function readScale(
  service: string,
  replicas: number,
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<ScaleReading> {
  const [deploy, room] = await deploysOf([service], drainSeconds, call);
  const step = deploy[0] === undefined ? undefined : stepOf(deploy[0], replicas, '', room);
  if (step === undefined || typeof step === 'string') {
    const message = `${plainName(service) ?? 'the service'} cannot have ${counted(replicas, 'replica')}: ${step ?? 'it is not in the Compose files'}`;
    throw new ToolError('invalid_input', message, { hint: 'compose_deploy_check tells more.' });
  }
  return { steps: [step], refused: [] };
}

/** What load asks for, of one service or of all that have labels for it. */
export async function readAutoScale(
  service: string,
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<ScaleReading> {
  if (service !== '*') unprotected([service], call.settings);
  const { services, isRollingOut } = await readAutoscale(service, call);
  if (isRollingOut) return { steps: [], refused: ['nothing is scaled while a rollout runs'] };
  const due = services.filter((one) => isDue(one) && !call.settings.protect.includes(one.name));
  if (due.length === 0) return { steps: [], refused: services.flatMap(problemOf) };
  const [deploys, room] = await deploysOf(
    due.map(({ name }) => name),
    drainSeconds,
    call,
  );
  const results = deploys.map((deploy) => {
    const recommendation = due.find(({ name }) => name === deploy.service.name)?.recommendation;
    const why = (recommendation?.latest?.metrics ?? []).map((one) => `; ${metricWords(one)}`).join('');
    return { name: deploy.service.name, step: stepOf(deploy, recommendation?.replicas ?? 0, why, room) };
  });
  return {
    steps: results.flatMap(({ step }) => (typeof step === 'string' ? [] : [step])),
    refused: results.flatMap(({ name, step }) => (typeof step === 'string' ? [`${wordOf(name)}: ${step}`] : [])),
  };
}

function isDue({ recommendation }: AutoscaledService): boolean {
  if (recommendation?.latest?.desired === undefined) return false;
  return recommendation.replicas !== recommendation.present;
}

function problemOf({ name, problem }: AutoscaledService): readonly string[] {
  return problem === undefined ? [] : [`${wordOf(name)}: ${problem}`];
}

/** Sums of memory limits on this host, in bytes. */
interface Room {
  readonly limitedBytes: number;
  readonly guardBytes: number;
}

async function deploysOf(
  names: readonly string[],
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<readonly [readonly ServiceDeploy[], Room]> {
  const [reading, info] = await Promise.all([
    readDeploy(names, { ...noWishes, drainSeconds }, call),
    call.backend.engine.info(call.signal),
  ]);
  const limitedBytes = reading.project.containers.reduce((sum, { limits }) => sum + (limits.memoryBytes ?? 0), 0);
  return [reading.services, { limitedBytes, guardBytes: info.memoryBytes * call.settings.memoryGuard }];
}

/** @returns why it cannot have so many, in own words */
function stepOf(deploy: ServiceDeploy, replicas: number, why: string, room: Room): ScaleStep | string {
  const { service, containers, order } = deploy;
  if (order === undefined) return 'its image is not on this host: compose_up with pull missing or build true brings it';
  const present = containers.length;
  const stopped = containers.filter(({ state }) => state.status !== 'running').length;
  const concern = scaleConcern({ service, present, replicas, stopped, ...room });
  if (concern !== undefined) return concern;
  const word = wordOf(service.name);
  const how =
    replicas > present
      ? `make ${replicas - present} more (docker compose up -d --no-deps --no-recreate --scale ${word}=${replicas} ${word}), wait until ready`
      : `drain, stop and remove ${present - replicas} (docker stop, docker rm)`;
  return {
    order: { ...order, replicas },
    present: containers.map(({ id }) => id),
    change: `${word}: from ${present} to ${counted(replicas, 'replica')}`,
    how: `${how}${why}`,
    warnings: warningsOf(deploy, replicas),
  };
}

function warningsOf({ service, containers, drifts }: ServiceDeploy, replicas: number): readonly string[] {
  const more = replicas - containers.length;
  const { memoryBytes } = service.limits;
  const isDrifted = [...drifts.values()].some(({ config, hasNewImage }) => config === 'changed' || hasNewImage);
  return [
    ...(isDrifted && more > 0
      ? ['Files or image have changed: new replicas are of the new ones, old ones stay as they are.']
      : []),
    ...(replicas === 0 ? ['Nothing serves any more.'] : []),
    ...(memoryBytes === undefined && more > 0 ? ['It has no memory limit: whether there is room is not known.'] : []),
    ...(memoryBytes !== undefined && more > 0 ? [`${bytes(memoryBytes * more)} more of memory limits`] : []),
  ];
}

function wordOf(name: string): string {
  return plainName(name) ?? 'SERVICE';
}
