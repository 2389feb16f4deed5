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
import { judgeAutoscale, metricWords } from '../analysis/autoscale/judge-autoscale.ts';
import { plainName } from '../text/plain-name.ts';
import { defineTool } from '../tool.ts';
import { type AutoscaledService, type AutoscaleReading, readAutoscale, unevaluated } from './autoscale-reading.ts';
import { service } from './inputs.ts';

const shownServices = 20;

export const autoscaleCheck = defineTool({
  name: 'compose_autoscale_check',
  title: 'Autoscale check',
  description:
    'How many replicas load asks for now, of services with labels cinecom.autoscale.*: use against targets, every number of the formula, what bounds it.',
  searchHint: 'autoscale hpa load replicas target recommendation オートスケール 負荷',
  risk: 'read',
  input: z.strictObject({ service }),
  output: z.strictObject({
    ...findingsReport.shape,
    services: z.array(
      z.strictObject({
        service: outside(z.string()),
        replicas: z.int(),
        recommended: z.int(),
        between: z.string(),
        formula: z.array(z.string()),
        bounds: z.array(z.string()),
      }),
    ),
    total: z.int(),
  }),
  async handle({ service: wanted }, call) {
    const reading = await readAutoscale(wanted, call);
    const { services } = reading;
    const found = services.flatMap(findingsOf);
    const due = found.filter(({ id }) => id.startsWith('SCALE_')).length;
    const evaluated = services.filter((one) => unevaluated(one) === undefined);
    return {
      ...findings({
        summary:
          evaluated.length === 0
            ? 'of no service load says how many replicas it needs'
            : `${due} of ${counted(evaluated.length, 'service')} should be scaled`,
        findings: found,
        notExamined: missing(wanted, reading),
        window: 'now; down by the last 300 s',
      }),
      services: evaluated.slice(0, shownServices).map(rowOf),
      total: evaluated.length,
    };
  },
  render(report) {
    const rows = report.services.map((one) => ({
      service: one.service,
      replicas: one.replicas,
      recommended: one.recommended,
      between: one.between,
      formula: one.formula.join('; '),
      bounds: one.bounds.join('; '),
    }));
    const more = report.total > rows.length ? [`${rows.length} of ${report.total} services shown`] : [];
    const columns = ['service', 'replicas', 'recommended', 'between', 'formula', 'bounds'] as const;
    return [renderFindings(report), ...(rows.length === 0 ? [] : ['', table(rows, columns)]), ...more].join('\n');
  },
});

function findingsOf({ name, problem, recommendation }: AutoscaledService): readonly Finding[] {
  if (problem !== undefined) {
    const fix = 'Mend the label in the Compose file and deploy it';
    return [
      {
        id: 'AUTOSCALE_LABELS',
        severity: 'warning',
        object: name,
        evidence: problem,
        threshold: 'labels that are right',
        fix,
      },
    ];
  }
  return recommendation === undefined ? [] : judgeAutoscale(name, recommendation, plainName(name));
}

function rowOf({ name, policy, recommendation }: AutoscaledService) {
  const { present = 0, replicas = present, latest, bounds = [] } = recommendation ?? {};
  return {
    service: name,
    replicas: present,
    recommended: replicas,
    between: policy === undefined ? '' : `${policy.min} and ${policy.max}`,
    formula: (latest?.metrics ?? []).map(metricWords),
    bounds: [...bounds],
  };
}

function missing(wanted: string, { services, unlabelled, isRollingOut }: AutoscaleReading): readonly NotExamined[] {
  const unmeasured = services.flatMap((one): readonly NotExamined[] => {
    const why = one.problem === undefined ? unevaluated(one) : undefined;
    return why === undefined ? [] : [{ what: plainName(one.name) ?? 'a service', why, required: true }];
  });
  const isNone = services.length === 0;
  const without: readonly NotExamined[] =
    unlabelled === 0
      ? []
      : [
          {
            what: counted(unlabelled, 'service'),
            why: 'no label cinecom.autoscale.*',
            required: isNone || wanted !== '*',
          },
        ];
  const running: readonly NotExamined[] = isRollingOut
    ? [{ what: 'whether to scale now', why: 'a rollout runs: nothing is scaled meanwhile' }]
    : [];
  return [...unmeasured, ...without, ...running];
}
