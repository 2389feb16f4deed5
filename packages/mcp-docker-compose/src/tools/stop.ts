import { counted, type Json, longWork, type Plan } from '@cinecom/mcp-core';
import * as z from 'zod';
import { dependencyOrder } from '../analysis/rollout/dependency-order.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { services } from './inputs.ts';
import { readProject } from './project-reading.ts';
import { renderReplicas, replicaReport } from './replica-report.ts';
import { replicasNow } from './replicas-now.ts';
import { servicesOf, unprotected } from './scope.ts';

export const stop = defineTool({
  name: 'compose_stop',
  title: 'Stop',
  description:
    'Stops services, those that depend on others first, each with its grace period; with remove the containers go too, never their volumes.',
  searchHint: 'stop shut down service docker compose maintenance 停止 メンテナンス',
  risk: 'destructive',
  input: z.strictObject({ services, remove: z.boolean().default(false) }),
  output: replicaReport,
  async plan({ services: names, remove }, call): Promise<Plan<Observed>> {
    unprotected(names, call.settings);
    const { model, containers } = await readProject(call);
    const wanted = names.flatMap((name) => servicesOf(name, call.settings, model, containers));
    const order = dependencyOrder(model?.services ?? new Map(), wanted).toReversed();
    const mine = containers.filter(({ service, isOneOff }) => !isOneOff && order.includes(service));
    const touched = remove ? mine : mine.filter(({ state }) => state.status === 'running');
    const followers = [...(model?.services.values() ?? [])].filter(
      ({ name, dependsOn }) => !order.includes(name) && [...dependsOn.keys()].some((key) => order.includes(key)),
    );
    const word = remove ? 'stop and remove' : 'stop';
    return {
      summary: touched.length === 0 ? 'nothing runs of them' : `${word} ${counted(touched.length, 'container')}`,
      steps:
        touched.length === 0
          ? []
          : order.map(
              (name) =>
                `${plainName(name) ?? 'a service'}: ${word} ${counted(touched.filter(({ service }) => service === name).length, 'container')} (docker stop${remove ? ', docker rm' : ''})`,
            ),
      targets: order.map((name) => target('service', name)),
      warnings: [
        ...followers.map(({ name }) => `${plainName(name) ?? 'a service'} depends on what is stopped`),
        ...(remove ? ['What was written inside the containers, outside of volumes, is lost.'] : []),
      ],
      undo: 'compose_up starts them again.',
      observed: { services: order, remove, containers: touched.map(({ id, state }) => `${id} ${state.status}`) },
    };
  },
  async apply({ observed }, call) {
    const work = await longWork(
      call,
      'stop',
      async (control) =>
        (await call.backend.rollouts.stop(call.state, observed.services, observed.remove, control)) as unknown as Json,
    );
    return replicasNow(observed.services, work, call);
  },
  render: renderReplicas,
});

type Observed = {
  readonly services: readonly string[];
  readonly remove: boolean;
  readonly containers: readonly string[];
};
