import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { HealAction, HealRecord } from '../../model/heal.ts';
import { failedDependency } from '../diagnose/rules/dependencies.ts';
import { dependencyOrder } from '../rollout/dependency-order.ts';
import type { HealCandidate } from './candidates.ts';
import { holdOf, isGivenUp, rungOf } from './ladder.ts';

export interface HealInput {
  readonly candidates: readonly HealCandidate[];
  /** All of the project. */
  readonly services: ReadonlyMap<string, ComposeService>;
  readonly containers: readonly Container[];
  /** Oldest first. */
  readonly records: readonly HealRecord[];
  readonly protect: readonly string[];
  readonly now: number;
}

export interface HealSkip {
  readonly service: string;
  readonly container: string;
  /** `dependency` names the service that has to be repaired first. */
  readonly why: 'protected' | 'dependency' | 'budget' | 'backoff' | 'turn' | 'given up';
  readonly dependency?: string;
}

export interface HealPlan {
  readonly actions: readonly HealAction[];
  readonly skipped: readonly HealSkip[];
}

/** What to do now: services in the order of their dependencies, at most one replica of each, and why others have to wait. */
export function planHeal(input: HealInput): HealPlan {
  const { candidates, services } = input;
  const names = [...new Set(candidates.map(({ container }) => container.service))];
  const known = dependencyOrder(services, names);
  const ordered = [...known, ...names.filter((name) => !known.includes(name)).toSorted()];
  const plans = ordered.map((name) =>
    planService(
      name,
      candidates.filter(({ container }) => container.service === name),
      input,
    ),
  );
  return { actions: plans.flatMap(({ actions }) => actions), skipped: plans.flatMap(({ skipped }) => skipped) };
}

function planService(name: string, ill: readonly HealCandidate[], input: HealInput): HealPlan {
  const { records, now } = input;
  const held = whyNot(name, input);
  if (held !== undefined) return { actions: [], skipped: ill.map((one) => skipOf(one, held)) };
  const mine = records.filter(({ service }) => service === name);
  const hold = holdOf(mine, now);
  const actions: HealAction[] = [];
  const skipped: HealSkip[] = [];
  let isTaken = false;
  for (const one of ill) {
    const tried = mine.filter(({ number }) => number === one.container.number);
    const rung = one.futile === undefined ? rungOf(tried, now) : 'alert';
    if (rung === 'alert') {
      if (isGivenUp(tried, now)) skipped.push(skipOf(one, { why: 'given up' }));
      else actions.push(actionOf(one, rung));
    } else if (hold !== undefined) skipped.push(skipOf(one, hold));
    else if (isTaken) skipped.push(skipOf(one, { why: 'turn' }));
    else {
      actions.push(actionOf(one, rung));
      isTaken = true;
    }
  }
  return { actions, skipped };
}

type Why = Pick<HealSkip, 'why' | 'dependency'>;

function whyNot(name: string, { protect, services, containers }: HealInput): Why | undefined {
  if (protect.includes(name)) return { why: 'protected' };
  const all = new Map(
    [...services].map(([service, wanted]) => [
      service,
      { wanted, containers: containers.filter((one) => one.service === service && !one.isOneOff) },
    ]),
  );
  const failed = failedDependency({ wanted: services.get(name) }, { services: all });
  return failed === undefined ? undefined : { why: 'dependency', dependency: failed.name };
}

function skipOf({ container }: HealCandidate, { why, dependency }: Why): HealSkip {
  return {
    service: container.service,
    container: container.name,
    why,
    ...(dependency === undefined ? {} : { dependency }),
  };
}

function actionOf({ container, reason, futile }: HealCandidate, rung: HealAction['rung']): HealAction {
  const { service, number, id, name } = container;
  return { service, number, containerId: id, container: name, rung, reason: futile === undefined ? reason : futile };
}
