import { type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { RolloutRecord, ServiceOrder, Snapshot } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { readDeploy } from './deploy-reading.ts';
import { oneService } from './inputs.ts';
import { type ComposeCall, readImages } from './project-reading.ts';
import { going, renderRollout, rolloutReport, rolloutReportOf } from './rollout-report.ts';
import { inScope, unprotected } from './scope.ts';
import { noWishes } from './wishes.ts';

const lifetimeMs = 6 * 3_600_000;

export const rollback = defineTool({
  name: 'compose_rollback',
  title: 'Roll back',
  description:
    'Brings services back to what they ran before a rollout, or at a snapshot: the same image and configuration, also where its tag moved or was pruned.',
  searchHint: 'rollback undo deploy revert previous version restore ロールバック 元に戻す 切り戻し',
  risk: 'write',
  input: z.strictObject({
    rollout: z.string().max(64).optional().describe('id, or a snapshot'),
    snapshot: z.string().max(64).optional().describe('id'),
    services: z.array(oneService).max(50).default([]).describe('default all'),
    waitSeconds: z.number().min(0).max(45).default(40).describe('then it goes on by itself'),
  }),
  output: rolloutReport,
  async plan(input, call): Promise<Plan<Observed>> {
    const { snapshot, record } = await chosen(input, call);
    const held = snapshot.services.filter(({ service }) => inScope(service, call.settings));
    const missing = input.services.find((name) => !held.some(({ service }) => service === name));
    if (missing !== undefined) {
      throw new ToolError('invalid_input', 'services names one that the snapshot does not have', {
        hint: 'Leave services out to take all.',
      });
    }
    const names = input.services.length > 0 ? input.services : held.map(({ service }) => service);
    unprotected(names, call.settings);
    const reading = await readDeploy(names, noWishes, call);
    const orders = reading.services.map(({ manner }) => asBegun(manner, snapshot, record));
    const images = await readImages(
      snapshot.services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs)),
      call,
    );
    const gone = snapshot.services.find(
      ({ service, definitions }) =>
        names.includes(service) && definitions[0] !== undefined && images.get(definitions[0].keptAs) === undefined,
    );
    if (gone !== undefined) {
      throw new ToolError(
        'backend_not_found',
        `the image that ${plainName(gone.service) ?? 'a service'} ran is not on this host any more`,
        {
          hint: 'Its tag cinecom-rollback/… was removed; take another snapshot of compose_rollout_status.',
        },
      );
    }
    const steps = orders.flatMap((order) => stepsBack(order, snapshot));
    return {
      summary: `go back to the snapshot of ${new Date(snapshot.at).toISOString()}`,
      steps,
      targets: orders.map(({ service }) => target('service', service)),
      warnings: [
        'Data in volumes stays as it is: a new version may have changed it.',
        'The files stay as they are: the next update does the same again unless they are changed back.',
      ],
      undo: 'compose_rollout brings services to what the files say.',
      observed: {
        snapshot: snapshot.id,
        orders: orders as unknown as Json,
        replicas: reading.services.flatMap(({ containers }) =>
          containers.map(({ id, state }) => `${id} ${state.status}`),
        ),
        waitSeconds: input.waitSeconds,
      },
    };
  },
  async apply({ observed }, call) {
    const { rollouts } = call.backend;
    const snapshot = (await rollouts.snapshots(call.state, call.signal)).find(({ id }) => id === observed.snapshot);
    if (snapshot === undefined)
      throw new ToolError('stale_plan', 'that snapshot has gone meanwhile', {
        hint: 'compose_rollout_status lists them.',
      });
    const orders = observed.orders as unknown as readonly ServiceOrder[];
    const { operation, result } = await longWork(
      call,
      'rollback',
      async (control) => (await rollouts.restore(call.state, snapshot, orders, control)) as unknown as Json,
      { answerAfterMs: call.waitsForEnd ? Number.POSITIVE_INFINITY : observed.waitSeconds * 1000, lifetimeMs },
    );
    if (result !== undefined) return rolloutReportOf(result as unknown as RolloutRecord);
    return rolloutReportOf(await going(operation, orders, call));
  },
  render: renderRollout,
});

type Observed = {
  readonly snapshot: string;
  readonly orders: Json;
  readonly replicas: readonly string[];
  readonly waitSeconds: number;
};

async function chosen(
  { rollout, snapshot }: { readonly rollout?: string | undefined; readonly snapshot?: string | undefined },
  { backend, state, signal }: ComposeCall,
): Promise<{ readonly snapshot: Snapshot; readonly record: RolloutRecord | undefined }> {
  if ((rollout === undefined) === (snapshot === undefined)) {
    throw new ToolError('invalid_input', 'give rollout or snapshot, one of both', {
      hint: 'compose_rollout_status lists their ids.',
    });
  }
  const { rollouts } = backend;
  const record = (await rollouts.records(state, signal)).find(({ id }) => id === rollout);
  const wanted = snapshot ?? record?.snapshot;
  const found = (await rollouts.snapshots(state, signal)).find(({ id }) => id === wanted);
  if (found !== undefined) return { snapshot: found, record };
  throw new ToolError('operation_unknown', 'there is no such rollout or snapshot any more', {
    hint: 'compose_rollout_status lists what there is.',
  });
}

/** As the way back of that rollout was to be: what a cut-off one left speaks against none. */
function asBegun(manner: ServiceOrder, { services }: Snapshot, record: RolloutRecord | undefined): ServiceOrder {
  const of = ({ service }: { readonly service: string }): boolean => service === manner.service;
  const { back } = record?.services.find(of) ?? manner;
  return { ...manner, ...back, back, replicas: services.find(of)?.replicas ?? 0 };
}

/** Nothing for a service whose replicas are all as the snapshot says. */
function stepsBack({ service, mode, parallelism, delayMs }: ServiceOrder, { services }: Snapshot): readonly string[] {
  const before = services.find((one) => one.service === service);
  const name = plainName(service) ?? 'a service';
  return [
    `${name}: ${mode}, ${parallelism} at a time${delayMs > 0 ? `, ${delayMs / 1000} s between` : ''}, until ${before?.replicas ?? 0} replicas are as before; new ones are made of what the old ones were (docker create, docker start), then the others drained, stopped and removed`,
  ];
}
