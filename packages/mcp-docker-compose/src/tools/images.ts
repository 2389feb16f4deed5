import { bytes, counted, duration, findings, findingsReport, outside, renderFindings, table } from '@cinecom/mcp-core';
import * as z from 'zod';
import {
  danglingImages,
  judgeDangling,
  judgeImages,
  protectedTags,
  type ServiceImages,
  sizeOf,
} from '../analysis/images/judge-images.ts';
import type { LocalImage } from '../model/image.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { service } from './inputs.ts';
import { readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const [shownServices, shownTags] = [60, 10];

export const images = defineTool({
  name: 'compose_images',
  title: 'Images',
  description:
    'Images of the services: size, age, whether what runs is what the files ask for, tags that pin no version; what the host could free, and which tags are kept for rollbacks.',
  searchHint: 'docker images size disk space prune dangling latest tag version イメージ 容量',
  risk: 'read',
  input: z.strictObject({ service }),
  output: z.strictObject({
    ...findingsReport.shape,
    rows: z.array(
      z.strictObject({
        service: outside(z.string()),
        image: outside(z.string()),
        wanted: z.string(),
        running: z.string(),
        sizeBytes: z.number().optional(),
        ageMs: z.number().optional(),
      }),
    ),
    total: z.int(),
    keptForRollback: z.array(z.strictObject({ tag: outside(z.string()), id: z.string() })),
    keptTotal: z.int(),
    reclaimableBytes: z.number(),
    hostImages: z.int(),
    hostBytes: z.number(),
  }),
  async handle({ service: wanted }, call) {
    const { backend, settings, signal, clock } = call;
    const [reading, host] = await Promise.all([readProject(call), backend.engine.hostImages(signal)]);
    const { model, containers, project } = reading;
    const names = servicesOf(wanted, settings, model, containers);
    const local = await readImages(
      [...containers.map(({ imageId }) => imageId), ...names.map((name) => model?.services.get(name)?.image ?? '')],
      call,
    );
    const services = names.map((name): ServiceImages => {
      const one = model?.services.get(name);
      return {
        name,
        service: one,
        containers: containers.filter((container) => container.service === name && !container.isOneOff),
        desiredId: local.get(one?.image ?? '')?.id,
        plain: plainName(name),
      };
    });
    const dangling = danglingImages(host);
    const kept = protectedTags(host, project);
    const found = [...services.flatMap(judgeImages), ...judgeDangling(dangling)];
    return {
      ...findings({
        summary: `${counted(services.length, 'service')}; ${counted(host.length, 'image')} on the host, ${counted(found.length, 'finding')}`,
        findings: found,
        notExamined: reading.missing,
        window: 'now',
      }),
      rows: services.slice(0, shownServices).map((one) => rowOf(one, local, clock.now())),
      total: services.length,
      keptForRollback: kept.slice(0, shownTags).map(({ tag, id }) => ({ tag, id: shortId(id) })),
      keptTotal: kept.length,
      reclaimableBytes: sizeOf(dangling),
      hostImages: host.length,
      hostBytes: sizeOf(host),
    };
  },
  render(report) {
    const rows = report.rows.map(({ sizeBytes, ageMs, ...row }) => ({
      ...row,
      size: sizeBytes === undefined ? undefined : bytes(sizeBytes),
      age: ageMs === undefined ? undefined : duration(ageMs),
    }));
    const tags = report.keptForRollback.map(({ tag, id }) => `${tag} (${id})`);
    const more = report.keptTotal > tags.length ? `, and ${report.keptTotal - tags.length} older ones` : '';
    return [
      renderFindings(report),
      '',
      table(rows, ['service', 'image', 'wanted', 'running', 'size', 'age']),
      ...(report.total > rows.length ? [`${rows.length} of ${report.total} services shown`] : []),
      `Kept for rollbacks: ${tags.length === 0 ? 'none' : tags.join(', ') + more}`,
      `Host: ${counted(report.hostImages, 'image')}, at most ${bytes(report.hostBytes)}, since layers may be shared; at most ${bytes(report.reclaimableBytes)} could be freed`,
    ].join('\n');
  },
});

function rowOf(one: ServiceImages, local: ReadonlyMap<string, LocalImage>, now: number) {
  const { service: wanted, containers, desiredId } = one;
  const reference = wanted?.image ?? containers[0]?.image ?? '';
  const image = local.get(desiredId === undefined ? (containers[0]?.imageId ?? '') : reference);
  const running = new Map<string, number>();
  for (const { imageId } of containers) running.set(imageId, (running.get(imageId) ?? 0) + 1);
  return {
    service: one.name,
    image: reference,
    wanted: wanted === undefined ? 'not in the files' : desiredId === undefined ? 'not here' : shortId(desiredId),
    running: [...running].map(([id, count]) => `${shortId(id)}${running.size > 1 ? ` (${count})` : ''}`).join(', '),
    ...(image === undefined ? {} : { sizeBytes: image.sizeBytes }),
    // images that are built to be the same each time say 1970 or 1980
    ...(image === undefined || image.createdAt < 1e12 ? {} : { ageMs: Math.max(0, now - image.createdAt) }),
  };
}

function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
