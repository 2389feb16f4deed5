import {
  attempt,
  counted,
  type Finding,
  findings,
  findingsReport,
  outside,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { driftOf, type Drift } from '../analysis/drift/drift-of.ts';
import { isJob } from '../analysis/containers/is-job.ts';
import { judgeRollouts } from '../analysis/overview/judge-rollouts.ts';
import { figuresOf, judgeService, lacksReplicas, type ServiceState } from '../analysis/overview/judge-services.ts';
import type { Container } from '../model/container.ts';
import type { EventHistory } from '../model/event.ts';
import type { LocalImage } from '../model/image.ts';
import type { RolloutRecord } from '../model/rollout.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { forgotten } from './forgotten.ts';
import { service } from './inputs.ts';
import { type ProjectReading, readImages, readProject } from './project-reading.ts';
import { servicesOf } from './scope.ts';

const windowMs = 3_600_000;
const shownServices = 60;

export const overview = defineTool({
  name: 'compose_overview',
  title: 'Overview',
  description:
    'First call: is the Compose project all right? Per service desired, running and ready replicas, restarts, ports, newer images, drift from the files, orphans; names the next call.',
  searchHint: 'docker compose status health containers ps morning check overview 状態 概要 朝の確認 コンテナ',
  risk: 'read',
  alwaysLoad: true,
  input: z.strictObject({ service }),
  output: z.strictObject({
    ...findingsReport.shape,
    project: outside(z.string()),
    engine: outside(z.string()),
    compose: outside(z.string()).optional(),
    services: z.array(
      z.strictObject({
        service: outside(z.string()),
        desired: z.int().optional(),
        running: z.int(),
        ready: z.int(),
        deaths1h: z.int(),
        ports: outside(z.string()),
        image: outside(z.string()),
        drift: z.string(),
      }),
    ),
    total: z.int(),
  }),
  async handle({ service: wanted }, call) {
    const { backend, signal, settings, clock } = call;
    const now = clock.now();
    const [reading, info, history, records] = await Promise.all([
      readProject(call),
      backend.engine.info(signal),
      attempt(
        'events of the last hour',
        backend.history.events(call.state, { since: now - windowMs, until: now }, signal),
      ),
      attempt('unfinished rollouts', backend.rollouts.records(call.state, signal)),
    ]);
    const { model, containers, project, composeVersion } = reading;
    const names = servicesOf(wanted, settings, model, containers);
    const images = await readImages(
      [...containers.map(({ imageId }) => imageId), ...names.map((name) => model?.services.get(name)?.image ?? '')],
      call,
    );
    const services = names.map((name) => stateOf(name, reading, images, history.value));
    const isSeen = ({ services: orders }: RolloutRecord): boolean =>
      orders.some(({ service }) => names.includes(service));
    const found = services.flatMap((one) => judgeService(one, model !== undefined));
    const open = judgeRollouts((records.value ?? []).filter(isSeen));
    const all = [...invalidFiles(reading), ...unset(reading), ...open, ...found];
    const short = services.filter((one) => lacksReplicas(one)).length;
    return {
      ...findings({
        summary: `${services.length - short} of ${counted(services.length, 'service')} with all replicas ready; ${counted(all.length, 'finding')}`,
        findings: all,
        notExamined: [
          ...reading.missing,
          ...history.missing,
          ...records.missing,
          ...forgotten(history.value, now - windowMs),
        ],
        window: 'now; events of the last hour',
      }),
      project,
      engine: `${info.version}, API ${info.apiVersion}`,
      ...(composeVersion === undefined ? {} : { compose: composeVersion }),
      services: services.slice(0, shownServices).map(rowOf),
      total: services.length,
    };
  },
  render(report) {
    const rows = table(report.services, [
      'service',
      'desired',
      'running',
      'ready',
      'deaths1h',
      'ports',
      'image',
      'drift',
    ]);
    const more =
      report.total > report.services.length ? [`${report.services.length} of ${report.total} services shown`] : [];
    return [
      renderFindings(report),
      '',
      rows,
      ...more,
      `Project ${report.project}; Docker Engine ${report.engine}; Compose ${report.compose ?? 'not here'}`,
    ].join('\n');
  },
});

function stateOf(
  name: string,
  { model, containers, composeVersion = '' }: ProjectReading,
  images: ReadonlyMap<string, LocalImage>,
  history: EventHistory | undefined,
): ServiceState {
  const wanted = model?.services.get(name);
  const mine = containers.filter((container) => container.service === name && !container.isOneOff);
  const drifted = (container: Container): readonly (readonly [string, Drift])[] => {
    if (wanted === undefined || model === undefined) return [];
    const input = {
      container,
      service: wanted,
      model,
      defaults: images.get(container.imageId)?.defaults,
      hash: model.hashes.get(name),
      composeVersion,
      image: images.get(wanted.image),
    };
    return [[container.id, driftOf(input)]];
  };
  return {
    name,
    wanted,
    isJob: isJob(name, model?.services.values() ?? []),
    containers: mine,
    drifts: new Map(mine.flatMap(drifted)),
    events: (history?.events ?? []).filter((event) => event.service === name),
    plain: plainName(name),
  };
}

function rowOf(state: ServiceState) {
  const { desired, running, ready, deaths } = figuresOf(state);
  const ports = state.containers.flatMap((one) => one.ports.map(({ published, target }) => `${published}→${target}`));
  const drifts = [...state.drifts.values()];
  const marks = [
    ...(drifts.some(({ config }) => config === 'changed') ? ['config'] : []),
    ...(drifts.some(({ hasNewImage }) => hasNewImage) ? ['newer image'] : []),
    ...(drifts.some(({ limits }) => limits.length > 0) ? ['limits'] : []),
  ];
  return {
    service: state.name,
    ...(desired === undefined ? {} : { desired }),
    running,
    ready,
    deaths1h: deaths,
    ports: [...new Set(ports)].slice(0, 6).join(' '),
    image: state.containers[0]?.image ?? state.wanted?.image ?? '',
    drift: marks.join(', '),
  };
}

function invalidFiles({ invalid }: ProjectReading): readonly Finding[] {
  if (invalid === undefined) return [];
  return [
    {
      id: 'INVALID_FILE',
      severity: 'warning',
      object: 'the Compose files',
      evidence: invalid.slice(0, 300),
      threshold: 'valid for Compose',
      fix: 'Repair the file: no update works until then, what runs goes on',
    },
  ];
}

function unset({ model }: ProjectReading): readonly Finding[] {
  const names = model?.unsetVariables ?? [];
  if (names.length === 0) return [];
  return [
    {
      id: 'UNSET_VARIABLE',
      severity: 'warning',
      object: names.slice(0, 10).join(', '),
      evidence: `${counted(names.length, 'variable')} used by the files and set nowhere: empty`,
      threshold: 'every variable set, or with a default',
      fix: 'Set them in the environment of this server or in .env, or give them a default',
    },
  ];
}
