import { attempt, counted, findingsReport, nextCall, outside, table, timestamp } from '@cinecom/mcp-core';
import * as z from 'zod';
import { changedKeys } from '../analysis/drift/changed-keys.ts';
import { type Drift, driftOf } from '../analysis/drift/drift-of.ts';
import { createLocator } from '../analysis/files/locate.ts';
import { inspectSection, sections } from '../analysis/inspect/index.ts';
import { limitsToKeep } from '../analysis/inspect/limits-to-keep.ts';
import type { InspectedService, SectionRow } from '../analysis/inspect/section.ts';
import type { Container } from '../model/container.ts';
import type { LocalImage } from '../model/image.ts';
import { cutText } from '../text/cut-text.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { oneService } from './inputs.ts';
import { type ProjectReading, readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const [shownRows, shownContainers, shownText, longestText] = [60, 20, 120, 400];

export const inspect = defineTool({
  name: 'compose_inspect',
  title: 'Inspect a service',
  description:
    'One service as the Compose files resolve it beside how its containers really are, and which keys differ. Environment values are never shown.',
  searchHint: 'docker inspect service config resolved drift environment mounts labels limits 設定 差分',
  risk: 'read',
  input: z.strictObject({ service: oneService, section: z.enum(sections).default('summary') }),
  output: z.strictObject({
    summary: z.string(),
    drift: outside(z.string()),
    containers: z.array(
      z.strictObject({
        container: outside(z.string()),
        state: z.string(),
        restarts: z.int(),
        started: z.string().optional(),
        image: z.string(),
        differs: outside(z.string()),
      }),
    ),
    rows: z.array(
      z.strictObject({
        item: outside(z.string()),
        file: outside(z.string()),
        live: outside(z.string()),
        differs: z.enum(['yes', 'no']).optional(),
        line: outside(z.string()).optional(),
      }),
    ),
    total: z.int(),
    notExamined: findingsReport.shape.notExamined,
    service: z.string().optional(),
    /** Limits that only the containers have: what the file would need. */
    keep: z
      .strictObject({ memory: z.string().optional(), cpus: z.number().optional(), pids: z.number().optional() })
      .optional(),
  }),
  async handle({ service: wanted, section }, call) {
    const [reading, sources] = await Promise.all([
      readProject(call),
      attempt('lines of the files', call.backend.compose.sources(call.signal)),
    ]);
    const { model, containers } = reading;
    const [name = wanted] = servicesOf(wanted, call.settings, model, containers);
    const service = model?.services.get(name);
    const mine = containers.filter((one) => one.service === name && !one.isOneOff);
    const images = await readImages([...mine.map(({ imageId }) => imageId), service?.image ?? ''], call);
    const inspected = inspectedOf(name, { reading, mine, images }, createLocator(sources.value ?? []));
    const drifts = driftsOf({ reading, mine, images });
    const keys = new Map(mine.map(({ id }) => [id, driftWords(drifts.get(id))]));
    const keep = limitsToKeep(mine, drifts);
    const drifted = mine.filter(({ id }) => keys.get(id) !== '').length;
    const rows = inspectSection(section, inspected);
    const different = rows.filter(({ differs }) => differs).length;
    const plain = plainName(name);
    return {
      summary: `${counted(mine.length, 'container')}, ${service === undefined ? (model === undefined ? 'the files are not known' : 'not in the files') : `${service.replicas} wanted`}; ${drifted} of them with drift; ${section}: ${counted(rows.length, 'item')}, ${different} ${different === 1 ? 'differs' : 'differ'}`,
      drift: [...new Set(keys.values())].filter((one) => one !== '').join('; '),
      containers: mine.slice(0, shownContainers).map((one) => containerRow(one, keys.get(one.id) ?? '')),
      rows: rows.slice(0, shownRows).map(rowOf),
      total: rows.length,
      notExamined: [...reading.missing, ...sources.missing].map((one) => ({ ...one, required: one.required ?? false })),
      ...(plain === undefined || drifted === 0 ? {} : { service: plain }),
      ...(keep === undefined ? {} : { keep }),
    };
  },
  render({ summary, containers, rows, total, notExamined, service, keep }, { section }) {
    const unseen = notExamined.map(({ what, why }) => `${what} (${why})`);
    return [
      summary,
      ...(unseen.length === 0 ? [] : [`Not examined: ${unseen.join('; ')}`]),
      '',
      table(containers, ['container', 'state', 'restarts', 'started', 'image', 'differs']),
      '',
      ...(rows.length === 0
        ? [`Nothing of ${section} is set`]
        : [table(rows, ['item', 'file', 'live', 'differs', 'line'])]),
      ...(rows.length < total ? [`${rows.length} of ${total} items shown`] : []),
      ...(service === undefined
        ? []
        : [
            '',
            keep === undefined
              ? nextCall('compose_deploy_check', { services: [service] })
              : nextCall('compose_set_resources', { service, ...keep, target: 'file' }),
          ]),
    ].join('\n');
  },
});

interface Read {
  readonly reading: ProjectReading;
  readonly mine: readonly Container[];
  readonly images: ReadonlyMap<string, LocalImage>;
}

function inspectedOf(
  name: string,
  { reading, mine, images }: Read,
  locator: InspectedService['locator'],
): InspectedService {
  const { model } = reading;
  const service = model?.services.get(name);
  const defaultsOf = (container: Container) => images.get(container.imageId)?.defaults;
  return {
    name,
    model,
    service,
    containers: mine,
    locator,
    defaults: new Map([...images.values()].map(({ id, defaults }) => [id, defaults])),
    changed: new Map(
      service === undefined || model === undefined
        ? []
        : mine.map((one) => [one.id, changedKeys(one, { service, model, defaults: defaultsOf(one) })]),
    ),
  };
}

/** By container id; without the files nothing can be told. */
function driftsOf({ reading, mine, images }: Read): ReadonlyMap<string, Drift> {
  const { model, composeVersion = '' } = reading;
  return new Map(
    mine.flatMap((container): readonly (readonly [string, Drift])[] => {
      const service = model?.services.get(container.service);
      if (model === undefined || service === undefined) return [];
      const defaults = images.get(container.imageId)?.defaults;
      const hash = model.hashes.get(service.name);
      const image = images.get(service.image);
      return [[container.id, driftOf({ container, service, model, defaults, hash, composeVersion, image })]];
    }),
  );
}

/** What differs from what an update would make now; empty for nothing. */
function driftWords(drift: Drift | undefined): string {
  if (drift === undefined) return '';
  const { config, keys, hasNewImage, limits } = drift;
  const changed = keys.length > 0 ? keys.join(', ') : 'keys that the engine does not tell';
  return [
    ...(config === 'changed' ? [changed] : []),
    ...(limits.length > 0 ? [`limits on the container alone: ${limits.join(', ')}`] : []),
    ...(hasNewImage ? ['image: its reference is another one now'] : []),
  ].join('; ');
}

function containerRow({ name, state, health, restartCount, imageId }: Container, differs: string) {
  return {
    container: name,
    state: health === undefined ? state.status : `${state.status}, ${health.status}`,
    restarts: restartCount,
    ...(state.startedAt === undefined ? {} : { started: timestamp(state.startedAt) }),
    image: imageId.replace(/^sha256:/, '').slice(0, 12),
    differs: cutText(differs, longestText),
  };
}

function rowOf({ item, file, live, differs, line }: SectionRow) {
  return {
    item: cutText(item, shownText),
    file: cutText(file, shownText),
    live: cutText(live, longestText),
    ...(differs === undefined ? {} : { differs: differs ? ('yes' as const) : ('no' as const) }),
    ...(line === undefined ? {} : { line }),
  };
}
