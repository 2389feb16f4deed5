import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import type { ActiveAlert, Rule, RuleGroup } from '../../model/rule.ts';
import { parsed } from './parsed.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { timeOf } from './times.ts';

const labelMap = z.record(z.string(), z.string()).default({});

const alert = z.object({
  labels: labelMap,
  annotations: labelMap,
  state: z.string(),
  activeAt: z.string().default(''),
  keepFiringSince: z.string().optional(),
  value: z.string().default('NaN'),
});

const rule = z.object({
  type: z.string(),
  name: z.string(),
  query: z.string(),
  labels: labelMap,
  annotations: labelMap,
  health: z.string().default('unknown'),
  lastError: z.string().default(''),
  lastEvaluation: z.string().default(''),
  evaluationTime: z.number().default(0),
  duration: z.number().default(0),
  keepFiringFor: z.number().default(0),
  state: z.string().optional(),
  alerts: z.array(alert).default([]),
});

const groups = z.object({
  groups: z
    .array(
      z.object({
        name: z.string(),
        file: z.string(),
        interval: z.number().default(0),
        lastEvaluation: z.string().default(''),
        evaluationTime: z.number().default(0),
        rules: z.array(rule),
      }),
    )
    .default([]),
});

/** @param folder what relative names of rule files are relative to */
export async function readRules(
  api: PrometheusApi,
  folder: string,
  signal: AbortSignal,
): Promise<readonly RuleGroup[]> {
  const { data } = await api.get('rules', new URLSearchParams(), signal);
  return parsed(groups, data, 'rules').groups.map((group) => ({
    name: group.name,
    file: isAbsolute(group.file) || folder === '' ? group.file : join(folder, group.file),
    intervalMs: group.interval * 1000,
    lastEvaluationAt: timeOf(group.lastEvaluation),
    evaluationSeconds: group.evaluationTime,
    rules: group.rules.map(ruleOf),
  }));
}

/** Pending and firing alerts of all rules. */
export async function readAlerts(api: PrometheusApi, signal: AbortSignal): Promise<readonly ActiveAlert[]> {
  const { data } = await api.get('alerts', new URLSearchParams(), signal);
  return parsed(z.object({ alerts: z.array(alert).default([]) }), data, 'alerts').alerts.map((one) => activeAlert(one));
}

function ruleOf(one: z.output<typeof rule>): Rule {
  const head = {
    name: one.name,
    expr: one.query,
    labels: one.labels,
    health: healthOf(one.health),
    lastError: one.lastError,
    lastEvaluationAt: timeOf(one.lastEvaluation),
    evaluationSeconds: one.evaluationTime,
  };
  if (one.type === 'recording') return { ...head, kind: 'recording' };
  return {
    ...head,
    kind: 'alerting',
    forMs: one.duration * 1000,
    keepFiringForMs: one.keepFiringFor * 1000,
    annotations: one.annotations,
    state: one.state === 'inactive' || one.state === 'pending' || one.state === 'firing' ? one.state : 'unknown',
    alerts: one.alerts.map(activeAlert),
  };
}

function healthOf(text: string): Rule['health'] {
  return text === 'ok' || text === 'err' ? text : 'unknown';
}

function activeAlert(one: z.output<typeof alert>): ActiveAlert {
  const kept = one.keepFiringSince === undefined ? 0 : timeOf(one.keepFiringSince);
  return {
    name: one.labels.alertname ?? '',
    labels: one.labels,
    annotations: one.annotations,
    state: one.state === 'pending' ? 'pending' : 'firing',
    activeAt: timeOf(one.activeAt),
    ...(kept === 0 ? {} : { keepFiringSince: kept }),
    value: one.value === '+Inf' ? Infinity : one.value === '-Inf' ? -Infinity : Number(one.value),
  };
}
