import { type Json, longWork, nextCall, outside, type Plan, table, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { hasLimits } from '../analysis/resources/engine-update.ts';
import { readSize } from '../analysis/resources/sizes.ts';
import type { ReplicaChange } from '../model/replica-changes.ts';
import type { ResourceChange, WantedLimits } from '../model/resources.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { oneService } from './inputs.ts';
import { limitsText, planResources, type ObservedResources, type ResourceWish } from './resource-plan.ts';

const mostPids = 4_194_304;
// checks of our own: bounds would stand in the definition
const size = z
  .string()
  .refine((text) => readSize(text) !== undefined, {
    error: 'expected a size as in a Compose file: 512m, 1.5g, 1GiB, or bytes',
  })
  .optional();
const count = z
  .number()
  .refine((value) => Number.isInteger(value) && value >= 1 && value <= mostPids, { error: `expected 1 to ${mostPids}` })
  .optional();

export const setResources = defineTool({
  name: 'compose_set_resources',
  title: 'Set limits',
  description:
    'Sets memory, CPU and process limits of a service: live without a restart, in the Compose file, or both.',
  searchHint: 'docker update リソース制限',
  risk: 'write',
  input: z.strictObject({
    service: oneService,
    memory: size.describe('512m, 1.5g'),
    cpus: z.number().optional(),
    memoryReservation: size,
    pids: count,
    target: z.enum(['live', 'file', 'both']).default('live'),
  }),
  output: z.strictObject({
    target: z.enum(['live', 'file', 'both']),
    service: z.string().optional(),
    changes: z.array(z.strictObject({ container: outside(z.string()), done: z.string() })),
    operation: z.string().optional(),
    file: z.string().optional(),
    /** Of the file, `-` before and `+` after. */
    lines: z.string(),
    replicas: z.array(z.strictObject({ container: outside(z.string()), limits: z.string(), asWanted: z.boolean() })),
  }),
  plan: async (input, call): Promise<Plan<ObservedResources>> => planResources(wishOf(input), call),
  async apply({ observed }, call) {
    const change = observed.change as unknown as ResourceChange;
    const { resources, engine } = call.backend;
    const work = await longWork(
      call,
      'set-resources',
      async (control) => (await resources.change(call.state, change, control)) as unknown as Json,
    );
    const all = (await engine.containers(call.signal)).filter(
      ({ service, isOneOff }) => service === change.service && !isOneOff,
    );
    const plain = plainName(change.service);
    return {
      target: observed.target,
      ...(plain === undefined ? {} : { service: plain }),
      changes: ((work.result ?? []) as unknown as readonly ReplicaChange[]).map((one) => ({ ...one })),
      ...(work.result === undefined ? { operation: work.operation } : {}),
      ...(observed.file === undefined ? {} : { file: observed.file }),
      lines: observed.lines,
      replicas: all.map((one) => ({
        container: one.name,
        limits: limitsText(one.limits),
        asWanted: hasLimits(one, change.wanted),
      })),
    };
  },
  render(report) {
    const { target, operation, file, lines, replicas, service } = report;
    const isLive = target !== 'file';
    const next =
      target === 'live'
        ? [nextCall('compose_inspect', { service, section: 'limits' })]
        : [nextCall('compose_deploy_check', { services: [service] })];
    return [
      operation === undefined
        ? `Done: ${isLive ? `${replicas.filter(({ asWanted }) => asWanted).length} of ${replicas.length} replicas have the new limits` : 'the file asks for the new limits'}; looked at again:`
        : `RUNNING: it goes on (operation ${operation}). Now:`,
      '',
      table(replicas, ['container', 'limits', 'asWanted']),
      ...(file === undefined ? [] : ['', `${file}, read again by Compose:`, lines]),
      ...(target === 'live' ? ['', 'Live only: the next recreation goes back to what the files say.'] : []),
      ...(target === 'file' ? ['', 'Replicas get them when they are made again.'] : []),
      ...(service === undefined ? [] : ['', ...next]),
    ].join('\n');
  },
});

function wishOf(input: {
  readonly service: string;
  readonly memory?: string | undefined;
  readonly memoryReservation?: string | undefined;
  readonly cpus?: number | undefined;
  readonly pids?: number | undefined;
  readonly target: ResourceWish['target'];
}): ResourceWish {
  const wanted: WantedLimits = {
    memoryBytes: sizeOf(input.memory),
    memoryReservationBytes: sizeOf(input.memoryReservation),
    cpus: input.cpus,
    pids: input.pids,
  };
  if (Object.values(wanted).every((value) => value === undefined)) {
    throw new ToolError('invalid_input', 'no limit is given', {
      hint: 'Give at least one of memory, cpus, memoryReservation, pids.',
    });
  }
  return { service: input.service, target: input.target, wanted };
}

function sizeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readSize(text);
}
