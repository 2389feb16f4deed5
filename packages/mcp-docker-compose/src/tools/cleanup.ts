import { bytes, counted, type Json, longWork, outside, type Plan, table, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { findLeftovers, type Leftover, leftoverKinds } from '../analysis/cleanup/find-leftovers.ts';
import { durationOf } from '../analysis/times/read-time.ts';
import type { ReplicaChange } from '../model/replica-changes.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { type ComposeCall, readProject } from './project-reading.ts';

export const cleanup = defineTool({
  name: 'compose_cleanup',
  title: 'Clean up',
  description:
    'Removes what nobody needs: containers of services that the files do not have, never started, or ended one-offs; images that builds left; rollback tags of no snapshot. Never volumes, never of other projects.',
  searchHint: 'clean up prune orphans dangling images disk space 掃除 不要なコンテナ 整理',
  risk: 'destructive',
  input: z.strictObject({
    what: z.array(z.enum(leftoverKinds)).min(1).max(5),
    olderThan: z.string().max(20).default('1h').describe('30m, 2h, 1d'),
  }),
  output: z.strictObject({
    changes: z.array(z.strictObject({ container: outside(z.string()), done: z.string() })),
    left: z.int(),
    operation: z.string().optional(),
  }),
  async plan({ what, olderThan }, call): Promise<Plan<Observed>> {
    const found = (await leftovers(ageOf(olderThan), call)).filter(({ kind }) => what.includes(kind));
    const size = found.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    const containers = found.filter(({ kind }) => isContainer(kind));
    const images = found.filter(({ kind }) => !isContainer(kind));
    const shared = size === 0 ? '' : `, up to ${bytes(size)} of images, less what others share`;
    return {
      summary:
        found.length === 0
          ? 'nothing of it is left over'
          : `remove ${counted(containers.length, 'container')} and ${counted(images.length, 'image')}${shared}`,
      steps: found.map(stepOf),
      targets: found.map(({ kind, name }) => target(isContainer(kind) ? 'container' : 'image', name)),
      warnings:
        containers.length === 0
          ? []
          : ['What was written inside the containers, outside of volumes, is lost; the size of that is not reported.'],
      undo: 'Containers and images that are removed do not come back by themselves; volumes are not touched.',
      observed: { containers: containers.map(({ id }) => id), images: images.map(({ id }) => id), what, olderThan },
    };
  },
  async apply({ observed }, call) {
    const { operation, result } = await longWork(
      call,
      'cleanup',
      async (control) => (await call.backend.rollouts.discard(call.state, observed, control)) as unknown as Json,
    );
    const left = await leftovers(ageOf(observed.olderThan), call);
    return {
      changes: ((result ?? []) as unknown as readonly ReplicaChange[]).map((one) => ({ ...one })),
      ...(result === undefined ? { operation } : {}),
      left: left.filter(({ kind }) => observed.what.includes(kind)).length,
    };
  },
  render: ({ changes, left, operation }) =>
    [
      operation === undefined
        ? `Done: ${counted(changes.length, 'thing')} removed; looked again: ${left} left`
        : `RUNNING: it goes on (operation ${operation}); ${left} left now`,
      '',
      table(changes, ['container', 'done']),
    ].join('\n'),
});

type Observed = {
  readonly containers: readonly string[];
  readonly images: readonly string[];
  readonly what: readonly Leftover['kind'][];
  readonly olderThan: string;
};

async function leftovers(olderThanMs: number, call: ComposeCall): Promise<readonly Leftover[]> {
  const { backend, signal, state, clock, settings } = call;
  const [{ project, model, containers }, images, snapshots] = await Promise.all([
    readProject(call),
    backend.engine.hostImages(signal),
    backend.rollouts.snapshots(state, signal),
  ]);
  const services = model === undefined ? undefined : new Set(model.services.keys());
  const mine = containers.filter(({ service }) => !settings.protect.includes(service));
  return findLeftovers({ project, services, containers: mine, images, snapshots, before: clock.now() - olderThanMs });
}

function isContainer(kind: Leftover['kind']): boolean {
  return kind === 'orphans' || kind === 'created' || kind === 'exited-oneoffs';
}

function stepOf({ kind, name, sizeBytes }: Leftover): string {
  const word = plainName(name) ?? (isContainer(kind) ? 'a container' : 'a tag');
  const size = sizeBytes === undefined ? '' : `, ${bytes(sizeBytes)}`;
  return isContainer(kind) ? `${word} (${kind}): docker stop, docker rm` : `${word} (${kind}${size}): docker image rm`;
}

function ageOf(text: string): number {
  const ms = durationOf(text);
  if (ms !== undefined) return ms;
  throw new ToolError('invalid_input', 'olderThan is no duration', {
    hint: 'For example 30m, 2h or 1d; 0s for everything.',
  });
}
