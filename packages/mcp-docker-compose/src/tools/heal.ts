import {
  counted,
  type Finding,
  findings,
  findingsReport,
  type Json,
  longWork,
  outside,
  type Plan,
  renderFindings,
  table,
} from '@cinecom/mcp-core';
import * as z from 'zod';
import { candidatesOf } from '../analysis/heal/candidates.ts';
import { type HealPlan, type HealSkip, planHeal } from '../analysis/heal/plan-heal.ts';
import type { HealAction, HealOutcome } from '../model/heal.ts';
import { plainName } from '../text/plain-name.ts';
import { target } from '../text/target.ts';
import { defineTool } from '../tool.ts';
import { service } from './inputs.ts';
import { type ComposeCall, readProject } from './project-reading.ts';
import { servicesOf, unprotected } from './scope.ts';

const eventsMs = 600_000;

export const heal = defineTool({
  name: 'compose_heal',
  title: 'Heal',
  description:
    'Repairs replicas that are unhealthy or crash again and again: keeps evidence, then restart, recreate, at last gives up. Backoff, budget, dependency order; one replica at a time, never during a rollout.',
  searchHint: 'auto repair self healing recover watchdog 自動復旧 自己修復',
  risk: 'write',
  input: z.strictObject({ service }),
  output: z.strictObject({
    ...findingsReport.shape,
    actions: z.array(
      z.strictObject({
        service: outside(z.string()),
        container: outside(z.string()),
        done: z.enum(['restart', 'recreate', 'alert']),
        outcome: z.enum(['ready', 'not ready', 'told', 'begun']),
        detail: outside(z.string()),
        incident: z.string(),
      }),
    ),
    skipped: z.array(z.strictObject({ service: outside(z.string()), container: outside(z.string()), why: z.string() })),
  }),
  async plan({ service: wanted }, call): Promise<Plan<Observed>> {
    if (wanted !== '*') unprotected([wanted], call.settings);
    const { actions, skipped, isRollingOut } = await planOf(wanted, call);
    return {
      summary: isRollingOut ? 'a rollout runs: nothing is repaired meanwhile' : summaryOf(actions, skipped),
      steps: actions.map(stepOf),
      targets: [...new Set(actions.map(({ service: of }) => of))].map((id) => target('service', id)),
      warnings: skipped.map((one) => `${nameOf(one)}: ${whyOf(one)}`),
      undo: 'A restart cannot be taken back. A recreated replica has the same image, configuration and volumes; what it wrote elsewhere is gone.',
      observed: { actions: actions as unknown as Json, skipped: skipped as unknown as Json },
    };
  },
  async apply({ observed }, call) {
    const actions = observed.actions as unknown as readonly HealAction[];
    const skipped = observed.skipped as unknown as readonly HealSkip[];
    const { heals } = call.backend;
    const { result } = await longWork(call, 'heal', async (control) => {
      const outcomes: HealOutcome[] = [];
      for (const action of actions) {
        if (control.signal.aborted) break;
        control.progress(outcomes.length, actions.length, `${nameOf(action)}: ${action.rung}`);
        outcomes.push(await heals.act(call.state, action, control.signal));
      }
      return outcomes as unknown as Json;
    });
    const done = ((result ?? []) as unknown as readonly HealOutcome[]).map((outcome, index) => ({
      action: actions[index] as HealAction,
      ...outcome,
    }));
    return {
      ...findings({
        summary: `${done.filter(({ outcome }) => outcome === 'ready').length} of ${counted(actions.length, 'replica')} repaired; ${counted(skipped.length, 'replica')} left alone`,
        findings: done.map(findingOf),
        notExamined:
          result === undefined
            ? [{ what: 'the end of the repairs', why: 'they go on; compose_heal tells again', required: true }]
            : [],
        window: 'now',
      }),
      actions: done.map(({ action, outcome, detail, incident }) => ({
        service: action.service,
        container: action.container,
        done: action.rung,
        outcome,
        detail,
        incident,
      })),
      skipped: skipped.map((one) => ({ service: one.service, container: one.container, why: whyOf(one) })),
    };
  },
  render(report) {
    return [
      renderFindings(report),
      '',
      table(report.actions, ['service', 'container', 'done', 'outcome', 'detail', 'incident']),
      ...(report.skipped.length === 0
        ? []
        : ['', 'Left alone:', table(report.skipped, ['service', 'container', 'why'])]),
    ].join('\n');
  },
});

type Observed = { readonly actions: Json; readonly skipped: Json };

async function planOf(wanted: string, call: ComposeCall): Promise<HealPlan & { readonly isRollingOut: boolean }> {
  const { backend, settings, signal, clock, state } = call;
  const { rollouts, heals } = backend;
  const [{ model, containers }, running, looks, records] = await Promise.all([
    readProject(call),
    rollouts.records(state, signal),
    heals.looks(signal),
    heals.records(state),
  ]);
  const names = new Set(servicesOf(wanted, settings, model, containers));
  if (running.some(({ status }) => status === 'running')) return { actions: [], skipped: [], isRollingOut: true };
  const now = clock.now();
  const { events } = await backend.history.events(state, { since: now - eventsMs, until: now }, signal);
  const candidates = candidatesOf(looks, events, now).filter(({ container }) => names.has(container.service));
  const { protect } = settings;
  // without the files nobody knows what depends on what
  const { services } = model ?? (await backend.compose.model(signal));
  return { ...planHeal({ candidates, services, containers: looks.later, records, protect, now }), isRollingOut: false };
}

function summaryOf(actions: readonly HealAction[], skipped: readonly HealSkip[]): string {
  const left = skipped.map((one) => `${nameOf(one)}: ${whyOf(one)}`).slice(0, 10);
  const alone = left.length === 0 ? '' : `; left alone: ${left.join(', ')}`;
  if (actions.length > 0) return `repair ${actions.map(nameOf).join(', ')}${alone}`;
  return skipped.length === 0 ? 'no replica is ill' : `nothing may be repaired now${alone}`;
}

function nameOf({ container }: { readonly container: string }): string {
  return plainName(container) ?? 'a replica';
}

function stepOf(action: HealAction): string {
  const name = nameOf(action);
  const keep = 'keep logs, probes, usage and events';
  if (action.rung === 'alert') return `${name}: ${action.reason}; ${keep}, then give up and tell`;
  const command =
    action.rung === 'restart' ? `docker restart ${name}` : `docker rm, docker create of the same, docker start`;
  return `${name}: ${action.reason}; ${keep}, then ${action.rung} (${command}) and wait until ready`;
}

const reasons: Readonly<Record<Exclude<HealSkip['why'], 'dependency'>, string>> = {
  protected: 'protected by --protect',
  budget: '3 repairs within 10 min are spent',
  backoff: 'the pause after the last repair is not over',
  turn: 'another replica of the service comes first',
  'given up': 'given up: restart and recreate did not help',
};

function whyOf({ why, dependency }: HealSkip): string {
  if (why !== 'dependency') return reasons[why];
  return `${plainName(dependency) ?? 'a service'}, which it depends on, has to be repaired first`;
}

function findingOf({ action, outcome, detail, incident }: HealOutcome & { readonly action: HealAction }): Finding {
  const plain = plainName(action.service);
  const next = plain === undefined ? {} : { next: { tool: 'compose_diagnose', args: { service: plain } } };
  const common = { object: action.container, evidence: `${action.reason}; ${detail}`, ...next };
  const kept = incident === '' ? '' : `; the evidence is incident ${incident}`;
  if (outcome === 'ready') {
    return { ...common, id: 'HEALED', severity: 'info', threshold: 'ready', fix: `Find out why it was ill${kept}` };
  }
  if (outcome === 'told') {
    const fix = `Somebody has to look: it is left as it is${kept}`;
    return { ...common, id: 'HEAL_GAVE_UP', severity: 'critical', threshold: 'ready after restart or recreate', fix };
  }
  const fix = `The next call goes one step further, after a pause${kept}`;
  return { ...common, id: 'HEAL_FAILED', severity: 'warning', threshold: `ready after ${action.rung}`, fix };
}
