import { type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Container } from '../model/container.ts';
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

export const restart = defineTool({
  name: 'compose_restart',
  title: 'Restart',
  description:
    'Restarts services gracefully: in dependency order, one replica at a time, each ready before the next. startFirst replaces each by a new one, without a gap.',
  searchHint: 'restart graceful safe docker compose service 再起動 安全な再起動',
  risk: 'write',
  input: z.strictObject({
    services,
    startFirst: z.boolean().default(false),
    maxUnavailable: z.int().min(1).max(100).default(1),
  }),
  output: replicaReport,
  async plan({ services: names, startFirst, maxUnavailable }, call): Promise<Plan<Observed>> {
    unprotected(names, call.settings);
    const { services: found } = await readDeploy(
      names,
      { ...noWishes, mode: startFirst ? 'start-first' : 'stop-first', parallelism: maxUnavailable },
      call,
    );
    if (startFirst) refuse(found);
    const running = found.filter(({ containers }) => containers.length > 0);
    return {
      summary:
        running.length === 0 ? 'nothing runs that could be restarted' : `restart ${running.map(nameOf).join(', ')}`,
      steps: running.map((one) => stepOf(one, startFirst, maxUnavailable)),
      targets: running.map(({ service }) => target('service', service.name)),
      warnings: startFirst ? [] : running.flatMap((one) => gapOf(one, maxUnavailable)),
      undo: 'A restart cannot be taken back; nothing but the processes changes.',
      observed: {
        startFirst,
        orders: running.map(({ order, containers }) => ({ ...order, replicas: containers.length })) as unknown as Json,
        containers: running.flatMap(({ containers }) => containers.map(({ id, state }) => `${id} ${state.status}`)),
      },
    };
  },
  async apply({ observed }, call) {
    const orders = observed.orders as unknown as readonly ServiceOrder[];
    const { rollouts } = call.backend;
    const names = orders.map(({ service }) => service);
    const begun = call.clock.now();
    const work = await longWork(call, 'restart', async (control) => {
      if (!observed.startFirst) return (await rollouts.restart(call.state, orders, control)) as unknown as Json;
      const renewed = orders.map((order) => ({ ...order, notBefore: begun }));
      const { id, status } = await rollouts.run(call.state, renewed, control);
      return [{ container: names.join(', '), done: `replaced, rollout ${id} ${status}` }];
    });
    return replicasNow(names, work, call);
  },
  render: renderReplicas,
});

type Observed = { readonly startFirst: boolean; readonly orders: Json; readonly containers: readonly string[] };

function nameOf({ service }: ServiceDeploy): string {
  return plainName(service.name) ?? 'a service';
}

/** New ones come of the files: where those have changed it would be an update. */
function refuse(found: readonly ServiceDeploy[]): void {
  const changed = found.find(({ containers, order }) => containers.some((one) => !isAsOrdered(one, order)));
  if (changed !== undefined) {
    throw new ToolError(
      'invalid_input',
      `${nameOf(changed)} is not as the files say: with startFirst it would be updated`,
      {
        hint: 'Use compose_rollout for an update, or leave startFirst out.',
      },
    );
  }
  const blocked = found.find(({ preflight }) => preflight.blockers.length > 0);
  if (blocked === undefined) return;
  throw new ToolError(
    'invalid_input',
    `${nameOf(blocked)} cannot have two at once: ${blocked.preflight.blockers.map(({ id }) => id).join(', ')}`,
    {
      hint: 'compose_deploy_check tells the lines; leave startFirst out.',
    },
  );
}

/** However many there are: a restart keeps the number. */
function isAsOrdered({ configHash, imageId }: Container, order: ServiceOrder | undefined): boolean {
  return configHash === order?.hash && imageId === order.imageId;
}

function stepOf(one: ServiceDeploy, startFirst: boolean, atATime: number): string {
  const each = `${one.containers.length} replicas, ${atATime} at a time`;
  return startFirst
    ? `${nameOf(one)}: ${each}: make a new one, wait until ready, drain, stop and remove an old one`
    : `${nameOf(one)}: ${each}: drain, docker restart, wait until ready`;
}

function gapOf(one: ServiceDeploy, atATime: number): readonly string[] {
  if (one.containers.length > atATime) return [];
  const seconds = one.preflight.expectedGapSeconds;
  const known =
    seconds === undefined
      ? 'how long it takes to start is not known'
      : `it took ${seconds} s from start to ready last time`;
  return [
    `${nameOf(one)}: no replica serves while it restarts; ${known}, and stopping may take its grace period. startFirst avoids it where possible.`,
  ];
}
