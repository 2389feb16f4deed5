import { type Json, longWork, type Plan, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { RolloutRecord, ServiceOrder } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { type DeployReading, readDeploy, type ServiceDeploy } from './deploy-reading.ts';
import { oneService } from './inputs.ts';
import type { ComposeCall } from './project-reading.ts';
import { going, rolloutReport, rolloutReportOf, renderRollout } from './rollout-report.ts';
import { unprotected } from './scope.ts';
import { stepsOf } from './rollout-steps.ts';
import { wishesOf, wishFields } from './wishes.ts';

const lifetimeMs = 6 * 3_600_000;

export const rollout = defineTool({
  name: 'compose_rollout',
  title: 'Rolling update',
  description:
    'Updates services replica by replica as the files say now: new ones first, waits until ready, watches, drains and stops old ones, rolls back by itself. Nothing is pulled or built. compose_deploy_check first.',
  searchHint: 'rolling update deploy zero downtime ローリングアップデート 安全に更新 デプロイ',
  risk: 'write',
  input: z.strictObject({
    services: z.array(oneService).max(50).default([]),
    ...wishFields,
    waitSeconds: z.number().min(0).max(45).default(40).describe('then it goes on by itself'),
    resume: z.string().max(64).optional().describe('id of one that was paused or interrupted'),
  }),
  output: rolloutReport,
  async plan(input, call): Promise<Plan<Observed>> {
    if (input.resume !== undefined) return resumed(input.resume, input.waitSeconds, call);
    if (input.services.length === 0) {
      throw new ToolError('invalid_input', 'services: expected at least one service', {
        hint: 'compose_overview lists them; only resume goes without.',
      });
    }
    unprotected(input.services, call.settings);
    const reading = await readDeploy(input.services, wishesOf(input), call);
    const due = reading.services.filter(({ isUpToDate }) => !isUpToDate);
    refuseBlocked(due, input.mode);
    return {
      summary: due.length === 0 ? 'every replica is as the files say' : `update ${due.map(nameOf).join(', ')}`,
      steps: due.flatMap((one) => stepsOf(one)),
      targets: due.map(({ service }) => target('service', service.name)),
      warnings: due.flatMap(warningsOf),
      undo: 'compose_rollback with the id of the rollout: a snapshot is taken before the first step.',
      observed: observedOf(reading, due, input.waitSeconds),
    };
  },
  async apply({ observed }, call) {
    const orders = observed.orders as unknown as readonly ServiceOrder[];
    const { operation, result } = await longWork(
      call,
      'rollout',
      async (control) => (await call.backend.rollouts.run(call.state, orders, control)) as unknown as Json,
      { answerAfterMs: call.waitsForEnd ? Number.POSITIVE_INFINITY : observed.waitSeconds * 1000, lifetimeMs },
    );
    if (result !== undefined) return rolloutReportOf(result as unknown as RolloutRecord);
    return rolloutReportOf(await going(operation, orders, call));
  },
  render: renderRollout,
});

type Observed = {
  readonly orders: Json;
  readonly model: string;
  readonly replicas: readonly string[];
  readonly waitSeconds: number;
};

function observedOf({ model }: DeployReading, due: readonly ServiceDeploy[], waitSeconds: number): Observed {
  return {
    orders: due.map(({ order }) => order) as unknown as Json,
    model: model.fingerprint,
    replicas: due.flatMap(({ containers }) => containers.map(({ id, state }) => `${id} ${state.status}`)),
    waitSeconds,
  };
}

function nameOf({ service }: ServiceDeploy): string {
  return plainName(service.name) ?? 'a service';
}

/** Where start-first was asked for, by input or file, and cannot be: nothing is begun. */
function refuseBlocked(due: readonly ServiceDeploy[], mode: string): void {
  const absent = due.find(({ order }) => order === undefined);
  if (absent !== undefined) {
    throw new ToolError('backend_not_found', `the image of ${nameOf(absent)} is not on this host`, {
      hint: 'compose_up with pull missing or build true brings it; a rollout never pulls.',
    });
  }
  const blocked = due.find(({ order, preflight }) => order?.mode === 'start-first' && preflight.blockers.length > 0);
  if (blocked === undefined) return;
  throw new ToolError(
    'invalid_input',
    `${nameOf(blocked)} cannot be updated start-first: ${blocked.preflight.blockers.map(({ id }) => id).join(', ')}`,
    {
      hint: `compose_deploy_check tells the lines. ${mode === 'start-first' ? 'mode' : 'order in its update_config'} stop-first works, with a gap.`,
    },
  );
}

function warningsOf(one: ServiceDeploy): readonly string[] {
  const { order, preflight } = one;
  const gap = preflight.expectedGapSeconds;
  const alone = order?.mode === 'stop-first' && one.replicas <= order.parallelism;
  const surplus = one.containers.length - one.replicas;
  return [
    ...(surplus > 0
      ? [
          `${nameOf(one)}: ${one.containers.length} replicas are there, the files say ${one.replicas}: ${surplus} will be gone. To keep them, write the number into the file.`,
        ]
      : []),
    ...(alone
      ? [
          `${nameOf(one)}: no replica serves while it is replaced${gap === undefined ? '' : `, about ${gap} s and the time it takes to stop`}`,
        ]
      : []),
    ...(order?.mode === 'start-first' && preflight.zeroDowntime !== 'yes'
      ? preflight.warnings.map(({ id }) => `${nameOf(one)}: ${id}`)
      : []),
  ];
}

/** The same orders again: the loop goes by what is there, so it continues where the other ended. */
async function resumed(id: string, waitSeconds: number, call: ComposeCall): Promise<Plan<Observed>> {
  const records = await call.backend.rollouts.records(call.state, call.signal);
  const record = records.find((one) => one.id === id);
  if (record === undefined || (record.status !== 'paused' && record.status !== 'interrupted')) {
    throw new ToolError('invalid_input', 'resume names no rollout that was paused or interrupted', {
      hint: 'compose_rollout_status lists them.',
    });
  }
  unprotected(
    record.services.map(({ service }) => service),
    call.settings,
  );
  const model = await call.backend.compose.model(call.signal);
  const changed = record.services.find(({ service, hash }) => model.hashes.get(service) !== hash);
  if (changed !== undefined) {
    throw new ToolError('backend_conflict', 'the files have changed since that rollout began', {
      hint: 'Begin a new one without resume: it goes by what is there.',
    });
  }
  return {
    summary: `resume the rollout of ${record.services.map(({ service }) => plainName(service) ?? 'a service').join(', ')}`,
    steps: record.services.map(
      ({ service, mode, replicas }) =>
        `${plainName(service) ?? 'a service'}: ${mode} until ${replicas} replicas are as wanted`,
    ),
    targets: record.services.map(({ service }) => target('service', service)),
    warnings: [],
    undo: 'compose_rollback with the snapshot of the first rollout.',
    observed: { orders: record.services as unknown as Json, model: model.fingerprint, replicas: [id], waitSeconds },
  };
}
