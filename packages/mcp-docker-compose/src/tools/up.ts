import { counted, type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { readDeploy, type ServiceDeploy } from './deploy-reading.ts';
import { services } from './inputs.ts';
import { renderReplicas, replicaReport } from './replica-report.ts';
import { replicasNow } from './replicas-now.ts';
import { unprotected } from './scope.ts';
import { noWishes } from './wishes.ts';

export const up = defineTool({
  name: 'compose_up',
  title: 'Bring up',
  description:
    'Brings services up: makes missing replicas, starts stopped ones, pulls or builds where asked. What runs stays; recreate replaces what differs from the files, with a gap: compose_rollout has none.',
  searchHint: 'docker compose up start create pull build missing containers 起動 立ち上げ',
  risk: 'write',
  input: z.strictObject({
    services,
    pull: z.enum(['never', 'missing', 'always']).default('never').describe('images'),
    build: z.boolean().default(false),
    start: z.boolean().default(true).describe('false: only create'),
    recreate: z.boolean().default(false),
  }),
  output: replicaReport,
  async plan(input, call): Promise<Plan<Observed>> {
    unprotected(input.services, call.settings);
    const { services: found, model } = await readDeploy(input.services, { ...noWishes, mode: 'stop-first' }, call);
    const names = found.map(({ service }) => service.name);
    if (input.pull === 'never' && !input.build) withImages(found);
    const drifted = input.recreate ? found.filter(differs) : [];
    const steps = [
      ...(input.pull === 'never' ? [] : [`docker compose pull --policy ${input.pull} ${words(names)}`]),
      ...(input.build ? [`docker compose build ${words(names)}`] : []),
      ...found
        .filter((one) => isShort(one))
        .map(
          (one) =>
            `${nameOf(one)}: ${shortWords(one)} (docker compose ${input.start ? 'up -d' : 'create'} --no-deps --no-recreate --scale ${nameOf(one)}=${Math.max(one.containers.length, one.replicas)} ${nameOf(one)})`,
        ),
      ...drifted.map(
        (one) =>
          `${nameOf(one)}: stop, remove and make again ${counted(one.containers.length, 'replica')}, one at a time`,
      ),
    ];
    return {
      summary: steps.length === 0 ? 'everything is up already' : `bring up ${words(names)}`,
      steps,
      targets: names.map((name) => target('service', name)),
      warnings: [
        ...drifted.map((one) => `${nameOf(one)}: what was written inside its containers, outside of volumes, is lost`),
        ...(input.recreate
          ? []
          : found.filter(differs).map((one) => `${nameOf(one)} differs from the files and stays as it is`)),
        ...(model.unsetVariables.length > 0
          ? ['Variables that the files use are set nowhere: compose_overview names them.']
          : []),
      ],
      undo: input.recreate
        ? 'compose_rollback: a snapshot is taken before replicas are made again.'
        : 'compose_stop with remove takes away what was made.',
      observed: {
        services: names,
        replicas: found.map(({ replicas }) => replicas),
        pull: input.pull,
        build: input.build,
        start: input.start,
        recreate: input.recreate,
        model: model.fingerprint,
        containers: found.flatMap(({ containers }) => containers.map(({ id, state }) => `${id} ${state.status}`)),
      },
    };
  },
  async apply({ observed }, call) {
    const { backend, state } = call;
    const { services: names, recreate } = observed;
    const work = await longWork(call, 'up', async (control) => {
      control.progress(0, 2, `bring up ${names.length} services`);
      const done = (await backend.rollouts.bringUp(state, observed, control.signal)) as unknown as Json[];
      if (!recreate) return done;
      // looked at anew: a pull or a build may have brought another image
      const after = { ...call, signal: control.signal };
      const { services: found } = await readDeploy(names, { ...noWishes, mode: 'stop-first' }, after);
      const orders = found
        .filter(differs)
        .flatMap(({ order }): readonly ServiceOrder[] => (order === undefined ? [] : [order]));
      control.progress(1, 2, `make ${orders.length} services again`);
      if (orders.length === 0) return done;
      const { status } = await backend.rollouts.run(state, orders, control);
      return [...done, { container: orders.map(({ service }) => service).join(', '), done: `made again: ${status}` }];
    });
    return replicasNow(names, work, call);
  },
  render: renderReplicas,
});

type Observed = {
  readonly services: readonly string[];
  readonly replicas: readonly number[];
  readonly pull: 'never' | 'missing' | 'always';
  readonly build: boolean;
  readonly start: boolean;
  readonly recreate: boolean;
  readonly model: string;
  readonly containers: readonly string[];
};

/** @throws ToolError for a service that lacks replicas and the image to make them of */
function withImages(found: readonly ServiceDeploy[]): void {
  const absent = found.find(({ containers, replicas, order }) => order === undefined && containers.length < replicas);
  if (absent === undefined) return;
  throw new ToolError('backend_not_found', `the image of ${nameOf(absent)} is not on this host`, {
    hint: 'Allow it to be brought: pull missing or always, or build true.',
  });
}

function nameOf({ service }: ServiceDeploy): string {
  return plainName(service.name) ?? 'SERVICE';
}

function words(names: readonly string[]): string {
  return names.map((name) => plainName(name) ?? 'SERVICE').join(' ');
}

function differs({ containers, drifts }: ServiceDeploy): boolean {
  return containers.some(({ id }) => drifts.get(id)?.config !== 'same' || drifts.get(id)?.hasNewImage === true);
}

function isShort({ containers, replicas }: ServiceDeploy): boolean {
  return containers.length < replicas || containers.some(({ state }) => state.status !== 'running');
}

function shortWords({ containers, replicas }: ServiceDeploy): string {
  const stopped = containers.filter(({ state }) => state.status !== 'running').length;
  const missing = Math.max(0, replicas - containers.length);
  return [
    ...(missing > 0 ? [`make ${counted(missing, 'replica')}`] : []),
    ...(stopped > 0 ? [`start ${counted(stopped, 'stopped one')}`] : []),
  ].join(', ');
}
