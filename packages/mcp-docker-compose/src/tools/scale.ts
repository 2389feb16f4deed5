import { counted, type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { ServiceOrder } from '../model/rollout.ts';
import type { ReplicaChange } from '../model/replica-changes.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { service } from './inputs.ts';
import type { ComposeCall } from './project-reading.ts';
import { renderReplicas, replicaReport } from './replica-report.ts';
import { replicasNow } from './replicas-now.ts';
import { readAutoScale, readScale, type ScaleReading } from './scale-reading.ts';
import { unprotected } from './scope.ts';

export const scale = defineTool({
  name: 'compose_scale',
  title: 'Scale',
  description:
    'Sets how many replicas run, or with auto lets load decide. More: made, waited for until ready, else removed. Fewer: unready ones first, then the newest, each drained.',
  searchHint: 'scale replicas up down auto capacity docker compose スケール 台数 増やす 減らす',
  risk: 'write',
  input: z.strictObject({
    service,
    replicas: z.int().min(0).max(1000).optional(),
    auto: z.boolean().default(false).describe('as compose_autoscale_check says'),
    drainSeconds: z.number().min(0).max(300).optional().describe('wait before stop'),
  }),
  output: replicaReport,
  async plan({ service: name, replicas, auto, drainSeconds }, call): Promise<Plan<Observed>> {
    const { steps, refused } = await read(name, { replicas, auto }, drainSeconds, call);
    const due = steps.filter(({ order, present }) => order.replicas !== present.length);
    const back = steps.map(({ order, present }) => `${target('service', order.service).id} to ${present.length}`);
    const left = refused
      .map(({ service: of, why }) => (of === undefined ? why : `${plainName(of) ?? 'a service'}: ${why}`))
      .slice(0, 10);
    const alone = left.length === 0 ? '' : `; left alone: ${left.join(', ')}`;
    const isSo = auto ? `no service is to be scaled${alone}` : `there are ${counted(replicas ?? 0, 'replica')} already`;
    return {
      summary: due.length === 0 ? isSo : due.map(({ change }) => change).join(', '),
      steps: due.map(({ change, how }) => `${change}: ${how}`),
      targets: steps.map(({ order }) => target('service', order.service)),
      warnings: [
        ...left,
        ...due.flatMap(({ warnings }) => warnings),
        ...(auto ? [] : ['The next update goes back to what the file says.']),
      ],
      undo: `compose_scale: ${back.join(', ')}.`,
      observed: {
        orders: due.map(({ order }) => order) as unknown as Json,
        present: steps.map((one) => one.present),
      },
    };
  },
  async apply({ observed }, call) {
    const orders = observed.orders as unknown as readonly ServiceOrder[];
    const work = await longWork(call, 'scale', async (control) => {
      const changes: ReplicaChange[] = [];
      for (const order of orders) {
        if (control.signal.aborted) break;
        changes.push(...(await call.backend.rollouts.scale(call.state, order, control)));
      }
      return changes as unknown as Json;
    });
    return replicasNow(
      orders.map((order) => order.service),
      work,
      call,
    );
  },
  render: renderReplicas,
});

type Observed = { readonly orders: Json; readonly present: readonly (readonly string[])[] };

async function read(
  name: string,
  { replicas, auto }: { readonly replicas: number | undefined; readonly auto: boolean },
  drainSeconds: number | undefined,
  call: ComposeCall,
): Promise<ScaleReading> {
  if (auto === (replicas !== undefined)) {
    throw new ToolError('invalid_input', 'expected either replicas or auto true', {
      hint: 'replicas sets a number; auto lets the load of services with labels cinecom.autoscale.* decide.',
    });
  }
  if (replicas === undefined) return readAutoScale(name, drainSeconds, call);
  if (name === '*') {
    throw new ToolError('invalid_input', 'service: expected one service with replicas', {
      hint: '* is allowed with auto true only.',
    });
  }
  unprotected([name], call.settings);
  const { maxReplicas } = call.settings;
  if (replicas > maxReplicas) {
    throw new ToolError('invalid_input', `replicas exceeds the limit of ${maxReplicas}`, {
      hint: 'The setting --max-replicas of this server says so.',
    });
  }
  return readScale(name, replicas, drainSeconds, call);
}
