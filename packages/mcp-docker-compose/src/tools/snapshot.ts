import { counted, nextCall, outside, type Plan, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { readImages } from './project-reading.ts';
import { readinessOf } from './rollout-status.ts';
import { servicesOf } from './scope.ts';

export const snapshot = defineTool({
  name: 'compose_snapshot',
  title: 'Snapshot',
  description:
    'Writes down what every service runs now (image, configuration, replicas) and keeps its images from being pruned, so that compose_rollback can go back there. Not the data in volumes.',
  searchHint: 'snapshot before update restore point backup configuration スナップショット 更新前',
  risk: 'write',
  confirm: false,
  input: z.strictObject({ label: z.string().max(100).default('').describe('what for') }),
  output: z.strictObject({
    id: z.string(),
    at: z.string(),
    readiness: z.string(),
    services: z.array(
      z.strictObject({ service: outside(z.string()), replicas: z.int(), kinds: z.int(), keptAs: outside(z.string()) }),
    ),
  }),
  async plan(
    { label },
    { backend, settings, signal },
  ): Promise<Plan<{ readonly services: readonly string[]; readonly label: string }>> {
    const containers = (await backend.engine.containers(signal)).filter(({ isOneOff }) => !isOneOff);
    const names = servicesOf('*', settings, undefined, containers);
    return {
      summary: `snapshot of ${counted(names.length, 'service')}`,
      steps: names.map((name) => `${plainName(name) ?? 'a service'}: note what it runs, tag its image (docker tag)`),
      targets: [{ type: 'snapshot', id: label === '' ? 'of the project' : label }],
      warnings: ['Data in volumes is not part of it.'],
      undo: 'The oldest go by themselves; nothing that runs is touched.',
      observed: { services: names, label },
    };
  },
  async apply({ observed }, call) {
    const taken = await call.backend.rollouts.snapshot(call.state, observed.services, observed.label, call.signal);
    const images = await readImages(
      taken.services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs)),
      call,
    );
    return {
      id: taken.id,
      at: timestamp(taken.at),
      readiness: readinessOf(taken, images),
      services: taken.services.map(({ service, replicas, definitions }) => ({
        service,
        replicas,
        kinds: definitions.length,
        keptAs: definitions.map(({ keptAs }) => keptAs).join(', '),
      })),
    };
  },
  render: (report) =>
    [
      `Snapshot ${report.id} of ${report.at}: ${report.readiness}`,
      '',
      table(report.services, ['service', 'replicas', 'kinds', 'keptAs']),
      '',
      nextCall('compose_rollback', { snapshot: report.id }),
    ].join('\n'),
});
