import {
  counted,
  type Finding,
  findings,
  findingsReport,
  type NotExamined,
  outside,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { type Cause, diagnose as causesOf } from '../analysis/diagnose/diagnose.ts';
import { nextOf } from '../analysis/diagnose/next-of.ts';
import { codes } from '../analysis/diagnose/precedence.ts';
import { readinessOf } from '../analysis/diagnose/readiness.ts';
import type { Locator } from '../analysis/files/locate.ts';
import { placeOf } from '../text/place-of.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { type DiagnosisReading, readDiagnosis } from './diagnose-reading.ts';
import { service } from './inputs.ts';
import { servicesOf } from './scope.ts';
import { sinceField, windowOf } from './times.ts';

const shownCauses = 20;
const shownConsequences = 10;
const code = z.enum(codes);

export const diagnose = defineTool({
  name: 'compose_diagnose',
  title: 'Diagnosis',
  description:
    'Why is a service down, restarting, unhealthy or slow? One root cause each with evidence, confidence, file:line and fix; what follows from it below. OOM, crash loop, port, image, volume, health check, drift, limits.',
  searchHint:
    'why unhealthy crash loop restarting OOM exit code 137 port conflict root cause 原因 障害 異常終了 再起動',
  risk: 'read',
  input: z.strictObject({ service, since: sinceField('1h') }),
  output: z.strictObject({
    ...findingsReport.shape,
    causes: z.array(
      z.strictObject({
        code,
        service: outside(z.string()),
        confidence: z.enum(['certain', 'likely', 'possible']),
        at: z.string().optional(),
        patch: z.string().optional(),
        seen: z.array(outside(z.string())),
        consequences: z.array(z.strictObject({ service: outside(z.string()), code, evidence: outside(z.string()) })),
      }),
    ),
    total: z.int(),
    services: z.int(),
  }),
  async handle({ service: wanted, since }, call) {
    const window = windowOf({ since }, call);
    const reading = await readDiagnosis(window.since, call);
    const { project, facts, locator } = reading;
    const names = new Set(servicesOf(wanted, call.settings, project.model, project.containers));
    const causes = causesOf(facts).filter(
      (cause) => names.has(cause.service) || cause.consequences.some((one) => names.has(one.service)),
    );
    const hit = new Set(causes.flatMap((cause) => [cause.service, ...cause.consequences.map((one) => one.service)]));
    return {
      ...findings({
        summary: `${counted(causes.length, 'root cause')}; ${hit.size} of ${counted(facts.services.size, 'service')} affected`,
        findings: causes.map((cause) => findingOf(cause, locator)),
        notExamined: [...reading.missing, ...undecided(reading, names)],
        window: window.end - window.since,
      }),
      causes: causes.slice(0, shownCauses).map((cause) => rowOf(cause, locator)),
      total: causes.length,
      services: facts.services.size,
    };
  },
  render(report) {
    const rows = report.causes.map(({ code: id, service: of, confidence, at, patch, seen }) => ({
      cause: id,
      service: of,
      confidence,
      at,
      'to write there': patch,
      seen: seen.join('; '),
    }));
    const below = report.causes.flatMap(({ code: id, consequences }) =>
      consequences.map((one) => ({ cause: id, service: one.service, consequence: one.code, evidence: one.evidence })),
    );
    return [
      renderFindings(report),
      ...(rows.length === 0
        ? []
        : ['', table(rows, ['cause', 'service', 'confidence', 'at', 'to write there', 'seen'])]),
      ...(below.length === 0
        ? []
        : ['', 'Consequences:', table(below, ['cause', 'service', 'consequence', 'evidence'])]),
      ...(report.total > rows.length ? [`${rows.length} of ${report.total} causes shown: ask for one service`] : []),
    ].join('\n');
  },
});

function findingOf(cause: Cause, locator: Locator): Finding {
  const { code: id, severity, service: object, evidence, threshold, fix } = cause;
  const place = whereOf(cause, locator);
  const plain = plainName(object);
  return {
    id,
    severity,
    object,
    evidence,
    threshold,
    fix: place === undefined ? fix : `${fix} (${place})`,
    ...(plain === undefined ? {} : { next: nextOf(id, plain) }),
  };
}

function whereOf({ path }: Cause, locator: Locator): string | undefined {
  return path === undefined ? undefined : placeOf(locator.nearest(path));
}

function rowOf(cause: Cause, locator: Locator) {
  const { code: id, service: of, confidence, patch, seen, consequences } = cause;
  const at = whereOf(cause, locator);
  return {
    code: id,
    service: of,
    confidence,
    ...(at === undefined ? {} : { at }),
    ...(patch === undefined ? {} : { patch }),
    seen: [...seen],
    consequences: consequences.slice(0, shownConsequences).map((one) => ({ ...one })),
  };
}

/** Services of which it is not known yet whether they are well. */
function undecided({ facts }: DiagnosisReading, names: ReadonlySet<string>): readonly NotExamined[] {
  const starting = [...facts.services.values()].filter((one) => names.has(one.name) && readinessOf(one).starting > 0);
  if (starting.length === 0) return [];
  const told = starting.map(({ name }) => plainName(name) ?? 'one service').slice(0, 10);
  return [{ what: `health of ${told.join(', ')}`, why: 'still starting', required: true }];
}
