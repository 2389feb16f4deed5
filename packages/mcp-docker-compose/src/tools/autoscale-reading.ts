import type { Allowance } from '../analysis/autoscale/desired-replicas.ts';
import { type AutoscalePolicy, isAutoscaled, policyOf } from '../analysis/autoscale/policy-of.ts';
import { type Recommendation, recommendReplicas } from '../analysis/autoscale/recommend-replicas.ts';
import { limitedBytes } from '../analysis/resources/limited-bytes.ts';
import { pointId, pointOf, replicasAt } from '../analysis/samples/point-of.ts';
import type { ComposeService } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { BucketsByService, SamplePoint } from '../model/samples.ts';
import { type ComposeCall, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

/** What load asks of one service that has labels for it, or why that cannot be said. */
export interface AutoscaledService {
  readonly name: string;
  readonly containers: readonly Container[];
  readonly policy: AutoscalePolicy | undefined;
  /** Of the labels, in own words. */
  readonly problem: string | undefined;
  readonly recommendation: Recommendation | undefined;
  readonly hasAllowance: boolean;
}

export interface AutoscaleReading {
  readonly services: readonly AutoscaledService[];
  /** Of those asked for, how many have no label of the kind. */
  readonly unlabelled: number;
  readonly isRollingOut: boolean;
}

/** Why load says nothing of a service whose labels are right; undefined where it does. */
export function unevaluated({ recommendation, hasAllowance }: AutoscaledService): string | undefined {
  if (recommendation?.latest?.desired !== undefined) return undefined;
  return hasAllowance
    ? 'none of its replicas is ready and measured'
    : 'no limit and no reservation to measure its use by';
}

const lookBackMs = 400_000;
const dayMs = 86_400_000;
const justMadeMs = 30_000;
const freshMs = 60_000;
const liveMs = 5000;

/** @throws ToolError of the model when the files are not valid: their labels say how to scale */
export async function readAutoscale(wanted: string, call: ComposeCall): Promise<AutoscaleReading> {
  const { backend, settings, signal, state } = call;
  const project = await readProject(call);
  const model = project.model ?? (await backend.compose.model(signal));
  const names = servicesOf(wanted, settings, model, project.containers);
  const services = names.flatMap((name) => model.services.get(name) ?? []).filter(isAutoscaled);
  const containers = project.containers.filter(({ isOneOff }) => !isOneOff);
  const [info, records] = await Promise.all([backend.engine.info(signal), backend.rollouts.records(state, signal)]);
  const points = await pointsOf(services, containers, call);
  const since = call.clock.now() - dayMs;
  const history = await backend.samples.history(
    state,
    services.map(({ name }) => name),
    since,
    signal,
  );
  const freeBytes = info.memoryBytes * settings.memoryGuard - limitedBytes(project.unscoped);
  const around = { containers, points, history, freeBytes, now: call.clock.now(), maxReplicas: settings.maxReplicas };
  return {
    services: services.map((service) => judge(service, around)),
    unlabelled: names.length - services.length,
    isRollingOut: records.some(({ status }) => status === 'running'),
  };
}

interface Around {
  readonly containers: readonly Container[];
  readonly points: readonly SamplePoint[];
  readonly history: BucketsByService;
  readonly freeBytes: number;
  readonly now: number;
  readonly maxReplicas: number;
}

function judge(service: ComposeService, around: Around): AutoscaledService {
  const { points, history, freeBytes, now, maxReplicas } = around;
  const { name } = service;
  const containers = around.containers.filter((container) => container.service === name);
  const policy = policyOf(service, maxReplicas);
  const common = { name, containers, hasAllowance: hasAllowance(service, containers) };
  if ('problem' in policy) return { ...common, policy: undefined, problem: policy.problem, recommendation: undefined };
  const recommendation = recommendReplicas({
    now,
    points: points.map((point) => ({ at: point.at, replicas: replicasAt(point, name) ?? [] })),
    history: history.get(name) ?? [],
    policy,
    allowanceOf: allowances(service, containers),
    ids: containers.map(pointId),
    justMade: containers.filter(({ createdAt }) => now - createdAt < justMadeMs).length,
    limitBytes: service.limits.memoryBytes,
    freeBytes,
  });
  return { ...common, policy, problem: undefined, recommendation };
}

/** Looks kept so far; where the last one is old or of other replicas, one more is taken now. */
async function pointsOf(
  services: readonly ComposeService[],
  containers: readonly Container[],
  { backend, signal, state, clock, progress }: ComposeCall,
): Promise<readonly SamplePoint[]> {
  const kept = await backend.samples.recent(state, clock.now() - lookBackMs, signal);
  const isMine = ({ service }: Container): boolean => services.some(({ name }) => name === service);
  const mine = containers.filter(isMine);
  const running = mine.filter((one) => one.state.status === 'running');
  if (running.length === 0 || isOfNow(kept.at(-1), mine, clock.now())) return kept;
  const span = { windowMs: liveMs, onProgress: (ms: number) => progress(ms / 1000, liveMs / 1000, 'seconds measured') };
  const ids = running.map(({ id }) => id);
  const pairs = await backend.engine.statsOver(ids, span, signal);
  const before = new Map([...pairs].map(([id, pair]) => [id, pair.before]));
  const after = new Map([...pairs].map(([id, pair]) => [id, pair.after]));
  return [...kept, pointOf(mine, before, after, clock.now())];
}

function isOfNow(last: SamplePoint | undefined, containers: readonly Container[], now: number): boolean {
  if (last === undefined || now - last.at > freshMs) return false;
  const knows = (one: Container): boolean =>
    replicasAt(last, one.service)?.some(({ id, cores }) => id === pointId(one) && cores !== undefined) === true;
  return containers.every(knows);
}

/** Of replicas that are gone, what new ones would have. */
function allowances({ limits }: ComposeService, containers: readonly Container[]): (id: string) => Allowance {
  return (id) => {
    const found = containers.find((one) => pointId(one) === id)?.limits;
    return {
      cores: found?.cpus ?? limits.cpus ?? limits.cpusReservation,
      memoryBytes:
        found?.memoryBytes ?? found?.memoryReservationBytes ?? limits.memoryBytes ?? limits.memoryReservationBytes,
    };
  };
}

function hasAllowance(service: ComposeService, containers: readonly Container[]): boolean {
  const of = allowances(service, containers);
  const all = containers.length === 0 ? [''] : containers.map(pointId);
  return all.every((id) => of(id).cores !== undefined) || all.every((id) => of(id).memoryBytes !== undefined);
}
