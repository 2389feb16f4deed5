import {
  attempt,
  counted,
  type Finding,
  findings,
  findingsReport,
  nextCall,
  type NotExamined,
  outside,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import type { Concern } from '../analysis/deploy/preflight.ts';
import { createLocator, type Locator } from '../analysis/files/locate.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { readDeploy, type ServiceDeploy } from './deploy-reading.ts';
import { oneService } from './inputs.ts';
import { noWishes } from './wishes.ts';

const shownContainers = 40;

export const deployCheck = defineTool({
  name: 'compose_deploy_check',
  title: 'Deploy check',
  description:
    'Before an update: will it drop traffic? Per service what up would keep, recreate, create or remove with changed keys, the verdict on zero downtime with blockers and warnings, and the gap to expect.',
  searchHint: 'deploy preflight dry run zero downtime diff plan デプロイ前確認 無停止',
  risk: 'read',
  input: z.strictObject({
    services: z.array(oneService).max(50).default([]).describe('all when empty'),
  }),
  output: z.strictObject({
    ...findingsReport.shape,
    services: z.array(
      z.strictObject({
        service: outside(z.string()),
        zeroDowntime: z.enum(['yes', 'no', 'unknown']),
        mode: z.enum(['start-first', 'stop-first', 'not possible']),
        replicas: z.int(),
        upToDate: z.boolean(),
        gapSeconds: z.number().optional(),
      }),
    ),
    containers: z.array(
      z.strictObject({
        container: outside(z.string()),
        action: z.enum(['keep', 'recreate', 'remove', 'create']),
        keys: outside(z.string()),
      }),
    ),
    changing: z.int(),
    total: z.int(),
    next: z.string().optional(),
  }),
  async handle({ services: wanted }, call) {
    const [{ services, project }, sources] = await Promise.all([
      readDeploy(wanted.length === 0 ? ['*'] : wanted, noWishes, call),
      attempt('lines of the files', call.backend.compose.sources(call.signal)),
    ]);
    const locator = createLocator(sources.value ?? []);
    const due = services.filter(({ isUpToDate }) => !isUpToDate);
    const actions = services.flatMap(actionsOf);
    const changing = actions.filter(({ action }) => action !== 'keep');
    const names = due.map(({ service }) => plainName(service.name));
    return {
      ...findings({
        summary:
          due.length === 0
            ? `${counted(services.length, 'service')}, nothing to update`
            : `${counted(due.length, 'service')} to update: ${outlookOf(due)}`,
        findings: services.flatMap((one) => findingsOf(one, locator)),
        notExamined: [...project.missing, ...sources.missing, ...doubtsOf(due)],
        window: 'now',
      }),
      services: services.map(rowOf),
      containers: changing.slice(0, shownContainers),
      changing: changing.length,
      total: actions.length,
      ...(due.length > 0 && names.every((name) => name !== undefined)
        ? { next: nextCall('compose_rollout', { services: names }) }
        : {}),
    };
  },
  render(report) {
    return [
      renderFindings(report),
      '',
      table(report.services, ['service', 'zeroDowntime', 'mode', 'replicas', 'upToDate', 'gapSeconds']),
      ...(report.containers.length === 0 ? [] : ['', table(report.containers, ['container', 'action', 'keys'])]),
      changesOf(report),
      ...(report.next === undefined ? [] : ['', report.next]),
    ].join('\n');
  },
});

/** The answer to the question itself: will it drop traffic? */
function outlookOf(due: readonly ServiceDeploy[]): string {
  const counts = [
    ['no', 'with a gap'],
    ['unknown', 'not known to be without a gap'],
    ['yes', 'without a gap'],
  ] as const;
  return counts
    .map(([verdict, words]) => ({ words, count: due.filter((one) => one.preflight.zeroDowntime === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ words, count }) => `${count} ${words}`)
    .join(', ');
}

/** Of what is neither yes nor no: that is no `ok`. */
function doubtsOf(due: readonly ServiceDeploy[]): readonly NotExamined[] {
  const unknown = due.filter(({ preflight }) => preflight.zeroDowntime === 'unknown');
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, 10).map(({ service }) => plainName(service.name) ?? 'a service');
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more` : '';
  return [
    {
      what: `whether clients notice the update of ${names.join(', ')}${more}`,
      why: 'the findings say what is not known of it',
      required: true,
    },
  ];
}

function changesOf({ changing, containers, total }: Changes): string {
  const shown = containers.length < changing ? `; ${containers.length} shown` : '';
  return `${changing} of ${counted(total, 'replica')} would change${shown}`;
}

interface Changes {
  readonly changing: number;
  readonly total: number;
  readonly containers: readonly unknown[];
}

function rowOf({ service, preflight, order, replicas, isUpToDate }: ServiceDeploy) {
  return {
    service: service.name,
    zeroDowntime: preflight.zeroDowntime,
    mode: order?.mode ?? ('not possible' as const),
    replicas,
    upToDate: isUpToDate,
    ...(preflight.expectedGapSeconds === undefined ? {} : { gapSeconds: preflight.expectedGapSeconds }),
  };
}

function actionsOf({ service, containers, drifts, replicas }: ServiceDeploy) {
  const missing = Math.max(0, replicas - containers.length);
  return [
    ...containers.map((container, index) => {
      const drift = drifts.get(container.id);
      const keys = [
        ...(drift?.keys ?? []),
        ...(drift?.hasNewImage === true ? ['image (newer under the same reference)'] : []),
      ];
      const isSame = drift?.config === 'same' && !drift.hasNewImage;
      const action = index >= replicas ? ('remove' as const) : isSame ? ('keep' as const) : ('recreate' as const);
      return { container: container.name, action, keys: keys.slice(0, 10).join(', ') };
    }),
    ...Array.from({ length: missing }, () => ({ container: service.name, action: 'create' as const, keys: '' })),
  ];
}

function findingsOf({ service, preflight }: ServiceDeploy, locator: Locator): readonly Finding[] {
  const told = (severity: 'warning' | 'info') => (concern: Concern) => ({
    id: concern.id,
    severity,
    object: service.name,
    evidence: `${concern.text}${lineOf(concern, locator)}`,
    threshold: severity === 'warning' ? 'nothing that forbids two at once' : 'known to be safe',
    fix:
      severity === 'warning'
        ? 'Change the line, or accept a gap with mode stop-first'
        : 'Make it sure, or watch the update',
  });
  return [...preflight.blockers.map(told('warning')), ...preflight.warnings.map(told('info'))];
}

function lineOf({ path }: Concern, locator: Locator): string {
  const place = locator.nearest(path);
  return place === undefined ? '' : ` (${place.file}:${place.line})`;
}
