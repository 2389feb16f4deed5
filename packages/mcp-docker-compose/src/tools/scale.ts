import { bytes, counted, type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { scaleConcern } from '../analysis/scale/scale-concern.ts';
import type { ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { readDeploy } from './deploy-reading.ts';
import { oneService } from './inputs.ts';
import { renderReplicas, replicaReport } from './replica-report.ts';
import { replicasNow } from './replicas-now.ts';
import { unprotected } from './scope.ts';
import { noWishes } from './wishes.ts';

export const scale = defineTool({
  name: 'compose_scale',
  title: 'Scale',
  description:
    'Sets how many replicas of a service run. More: made and waited for until ready, else removed again. Fewer: those that are not ready first, then the newest, each drained. Ports, names and memory are checked before.',
  searchHint: 'scale replicas up down capacity docker compose スケール 台数 増やす 減らす',
  risk: 'write',
  input: z.strictObject({
    service: oneService,
    replicas: z.int().min(0).max(1000),
    drainSeconds: z.number().min(0).max(300).optional().describe('wait before stop'),
  }),
  output: replicaReport,
  async plan({ service: name, replicas, drainSeconds }, call): Promise<Plan<Observed>> {
    const { settings, backend, signal } = call;
    unprotected([name], settings);
    if (replicas > settings.maxReplicas) {
      throw new ToolError('invalid_input', `replicas exceeds the limit of ${settings.maxReplicas}`, {
        hint: 'The setting --max-replicas of this server says so.',
      });
    }
    const reading = await readDeploy([name], { ...noWishes, drainSeconds }, call);
    const [deploy] = reading.services;
    if (deploy?.order === undefined) {
      throw new ToolError('backend_not_found', `the image of ${plainName(name) ?? 'the service'} is not on this host`, {
        hint: 'compose_up with pull missing or build true brings it.',
      });
    }
    const info = await backend.engine.info(signal);
    const present = deploy.containers.length;
    const limitBytes = deploy.service.limits.memoryBytes ?? 0;
    const concern = scaleConcern({
      service: deploy.service,
      present,
      replicas,
      stopped: deploy.containers.filter(({ state }) => state.status !== 'running').length,
      limitedBytes: reading.project.containers.reduce((sum, { limits }) => sum + (limits.memoryBytes ?? 0), 0),
      guardBytes: info.memoryBytes * settings.memoryGuard,
    });
    if (concern !== undefined)
      throw new ToolError(
        'invalid_input',
        `${plainName(name) ?? 'the service'} cannot have ${counted(replicas, 'replica')}: ${concern}`,
        { hint: 'compose_deploy_check tells more.' },
      );
    const order: ServiceOrder = { ...deploy.order, replicas };
    const word = plainName(name) ?? 'SERVICE';
    const steps =
      replicas > present
        ? [
            `make ${counted(replicas - present, 'replica')} more (docker compose up -d --no-deps --no-recreate --scale ${word}=${replicas} ${word}), wait until ready`,
          ]
        : [`drain, stop and remove ${counted(present - replicas, 'replica')} (docker stop, docker rm)`];
    const isDrifted = [...deploy.drifts.values()].some(
      ({ config, hasNewImage }) => config === 'changed' || hasNewImage,
    );
    return {
      summary:
        replicas === present
          ? `${word} has ${counted(replicas, 'replica')} already`
          : `${word}: from ${present} to ${counted(replicas, 'replica')}`,
      steps: replicas === present ? [] : steps,
      targets: [target('service', name)],
      warnings: [
        ...(isDrifted && replicas > present
          ? ['Files or image have changed: new replicas are of the new ones, old ones stay as they are.']
          : []),
        ...(replicas === 0 ? ['Nothing serves any more.'] : []),
        ...(limitBytes === 0 && replicas > present
          ? ['It has no memory limit: whether there is room is not known.']
          : []),
        'The next up goes back to what the file says.',
        ...(limitBytes > 0 && replicas > present
          ? [`${bytes(limitBytes * (replicas - present))} more of memory limits`]
          : []),
      ],
      undo: `compose_scale to ${present}.`,
      observed: { order: order as unknown as Json, present: deploy.containers.map(({ id }) => id) },
    };
  },
  async apply({ observed }, call) {
    const order = observed.order as unknown as ServiceOrder;
    const work = await longWork(
      call,
      'scale',
      async (control) => (await call.backend.rollouts.scale(call.state, order, control)) as unknown as Json,
    );
    return replicasNow([order.service], work, call);
  },
  render: renderReplicas,
});

type Observed = { readonly order: Json; readonly present: readonly string[] };
