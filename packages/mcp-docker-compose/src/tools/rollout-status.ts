import { counted, nextCall, outside, page, table, timestamp, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Snapshot } from '../model/rollout.ts';
import { defineTool } from '../tool.ts';
import { readImages } from './project-reading.ts';
import { renderRollout, rolloutReport, rolloutReportOf } from './rollout-report.ts';

export const rolloutStatus = defineTool({
  name: 'compose_rollout_status',
  title: 'Rollouts and snapshots',
  description:
    'How far a rollout is (with id: its steps), the last rollouts, interrupted ones first, and the snapshots one can go back to, with how ready each is: image there, age.',
  searchHint: 'rollout progress history snapshots rollback points deploy history ロールアウト 状況 履歴',
  risk: 'read',
  input: z.strictObject({
    id: z.string().max(64).optional().describe('of a rollout'),
    cursor: z.string().max(500).optional(),
  }),
  output: z.strictObject({
    rollout: rolloutReport.optional(),
    rollouts: z.array(
      z.strictObject({ id: z.string(), status: z.string(), startedAt: z.string(), services: outside(z.string()) }),
    ),
    total: z.int(),
    cursor: z.string().optional(),
    snapshots: z.array(
      z.strictObject({
        id: z.string(),
        at: z.string(),
        label: outside(z.string()),
        services: z.int(),
        readiness: z.string(),
      }),
    ),
  }),
  async handle({ id, cursor }, call) {
    const { rollouts } = call.backend;
    const [records, snapshots] = await Promise.all([
      rollouts.records(call.state, call.signal),
      rollouts.snapshots(call.state, call.signal),
    ]);
    if (id !== undefined) {
      const record = records.find((one) => one.id === id);
      if (record === undefined) {
        throw new ToolError('operation_unknown', 'no rollout of this project has that id', {
          hint: 'Without id the last ones are listed.',
        });
      }
      return { rollout: rolloutReportOf(record), rollouts: [], total: records.length, snapshots: [] };
    }
    const open = (status: string): number => Number(status !== 'interrupted' && status !== 'paused');
    const shown = page(
      records.toSorted((a, b) => open(a.status) - open(b.status)),
      { cursor, limit: 20 },
    );
    const images = await readImages(
      snapshots.flatMap((one) => one.services.flatMap(({ definitions }) => definitions.map(({ keptAs }) => keptAs))),
      call,
    );
    return {
      rollouts: shown.rows.map((one) => ({
        id: one.id,
        status: one.status,
        startedAt: timestamp(one.startedAt),
        services: one.services.map(({ service }) => service).join(', '),
      })),
      total: shown.total,
      ...(shown.cursor === undefined ? {} : { cursor: shown.cursor }),
      snapshots: snapshots.map((one) => ({
        id: one.id,
        at: timestamp(one.at),
        label: one.label,
        services: one.services.length,
        readiness: readinessOf(one, images),
      })),
    };
  },
  render(report) {
    if (report.rollout !== undefined) return renderRollout(report.rollout);
    const [first] = report.rollouts;
    const isOpen = first?.status === 'interrupted' || first?.status === 'paused';
    return [
      isOpen
        ? `ROLLOUT_${first.status.toUpperCase()}: what is there serves; resume it, or roll it back`
        : `${counted(report.total, 'rollout')}, none open`,
      '',
      table(report.rollouts, ['id', 'status', 'startedAt', 'services']),
      ...(report.cursor === undefined
        ? []
        : [`${report.rollouts.length} of ${report.total} shown; cursor ${report.cursor}`]),
      '',
      counted(report.snapshots.length, 'snapshot'),
      table(report.snapshots, ['id', 'at', 'label', 'services', 'readiness']),
      ...(isOpen ? ['', nextCall('compose_rollout_status', { id: first.id })] : []),
    ].join('\n');
  },
});

/** Whether every image of a snapshot is still on the host. */
export function readinessOf({ services }: Snapshot, images: ReadonlyMap<string, { readonly id: string }>): string {
  const definitions = services.flatMap((service) => service.definitions);
  const present = definitions.filter(({ keptAs, imageId }) => images.get(keptAs)?.id === imageId).length;
  if (definitions.length === 0) return 'empty: nothing ran';
  return present === definitions.length
    ? 'ready: every image is here'
    : `${present} of ${definitions.length} images are here`;
}
