import { bytes, counted, ToolError } from '@cinecom/mcp-core';
import { metricWords } from '../analysis/autoscale/judge-autoscale.ts';
import { limitedBytes } from '../analysis/resources/limited-bytes.ts';
import { scaleConcern } from '../analysis/scale/scale-concern.ts';
import type { ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { type AutoscaledService, readAutoscale, unevaluated } from './autoscale-reading.ts';
import { type DeployReading, readDeploy, type ServiceDeploy } from './deploy-reading.ts';
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
  /** What is left as it is although it was asked for. */
  readonly refused: readonly Refused[];
}

export interface Refused {
  /** Undefined: all of them. */
  readonly service: string | undefined;
  /** Own words. */
  readonly why: string;
}

/** @throws ToolError when the service cannot have so many */
export async function readScale(
  service: string,
  replicas: number,
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<ScaleReading> {
  const reading = await readDeploy([service], { ...noWishes, drainSeconds }, call);
  const reached = stepsOf(reading, [{ service, replicas, why: '' }], call);
  const [refused] = reached.refused;
  if (refused === undefined) return reached;
  const message = `${plainName(service) ?? 'the service'} cannot have ${counted(replicas, 'replica')}: ${refused.why}`;
  throw new ToolError('invalid_input', message, { hint: 'compose_deploy_check tells more.' });
}

/** What load asks for, of one service or of all that have labels for it. */
export async function readAutoScale(
  service: string,
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<ScaleReading> {
  if (service !== '*') unprotected([service], call.settings);
  const { services, isRollingOut } = await readAutoscale(service, call);
  const left = services.flatMap((one): readonly Refused[] => {
    const why = one.problem ?? unevaluated(one) ?? boundsOf(one);
    return why === undefined ? [] : [{ service: one.name, why }];
  });
  if (isRollingOut)
    return { steps: [], refused: [{ service: undefined, why: 'nothing is scaled while a rollout runs' }] };
  if (services.length === 0) {
    return { steps: [], refused: [{ service: undefined, why: 'no label cinecom.autoscale.* here' }] };
  }
  const due = services.filter((one) => isDue(one) && !call.settings.protect.includes(one.name));
  if (due.length === 0) return { steps: [], refused: left };
  const names = due.map(({ name }) => name);
  const reading = await readDeploy(names, { ...noWishes, drainSeconds }, call);
  const targets = due.map(({ name, recommendation }) => ({
    service: name,
    replicas: recommendation?.replicas ?? 0,
    why: (recommendation?.latest?.metrics ?? []).map((one) => `; ${metricWords(one)}`).join(''),
  }));
  const reached = stepsOf(reading, targets, call);
  return { ...reached, refused: [...reached.refused, ...left] };
}

/** What keeps a service as it is although the formula says otherwise. */
function boundsOf(one: AutoscaledService): string | undefined {
  const { bounds = [] } = one.recommendation ?? {};
  return isDue(one) || bounds.length === 0 ? undefined : bounds.join(', ');
}

interface Target {
  readonly service: string;
  readonly replicas: number;
  /** Appended to how. */
  readonly why: string;
}

/** One after the other: what the first gets, the next cannot have. */
function stepsOf(
  { services, project, info }: DeployReading,
  targets: readonly Target[],
  call: ComposeCall,
): ScaleReading {
  const guardBytes = info.memoryBytes * call.settings.memoryGuard;
  let givenOut = limitedBytes(project.unscoped);
  const steps: ScaleStep[] = [];
  const refused: Refused[] = [];
  for (const { service, replicas, why } of targets) {
    const deploy = services.find((one) => one.service.name === service);
    if (deploy === undefined) continue; // out of the model meanwhile
    const step = stepOf(deploy, replicas, why, { limitedBytes: givenOut, guardBytes });
    if (typeof step === 'string') refused.push({ service, why: step });
    else {
      steps.push(step);
      givenOut += (deploy.service.limits.memoryBytes ?? 0) * (replicas - deploy.containers.length);
    }
  }
  return { steps, refused };
}

function isDue(one: AutoscaledService): boolean {
  return unevaluated(one) === undefined && one.recommendation?.replicas !== one.recommendation?.present;
}

/** Sums of memory limits on this host, in bytes. */
interface Room {
  readonly limitedBytes: number;
  readonly guardBytes: number;
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
