import { counted } from '@cinecom/mcp-core';
import type { EngineLimits, LimitOrder } from '../../model/resources.ts';
import { plainName } from '../../text/plain-name.ts';
import { updateCommand } from './engine-update.ts';

const shownNames = 5;

/** What is done to replicas, with the commands that do the same by hand; alike ones in one step. */
export function updateSteps(orders: readonly LimitOrder[]): readonly string[] {
  return groups(orders, ({ update }) => update).map(
    ({ limits, names, count }) =>
      `set limits of ${counted(count, 'replica')}, one after the other, and read them again (${updateCommand(limits, names)})`,
  );
}

/** How replicas get their limits of before. */
export function updateUndo(orders: readonly LimitOrder[]): readonly string[] {
  const back = orders.filter(({ back: limits }) => Object.keys(limits).length > 0);
  const stays = [...new Set(orders.flatMap((order) => order.stays))];
  return [
    ...groups(back, ({ back: limits }) => limits).map(({ limits, names }) => `${updateCommand(limits, names)}.`),
    ...(stays.length === 0
      ? []
      : [`A limit of ${stays.join(' and ')} that was not there cannot be lifted but by compose_up with recreate.`]),
  ];
}

interface Group {
  readonly limits: EngineLimits;
  readonly names: string;
  readonly count: number;
}

function groups(orders: readonly LimitOrder[], limitsOf: (order: LimitOrder) => EngineLimits): readonly Group[] {
  const alike = new Map<string, LimitOrder[]>();
  for (const order of orders) {
    const key = JSON.stringify(limitsOf(order));
    alike.set(key, [...(alike.get(key) ?? []), order]);
  }
  return [...alike.values()].flatMap((some): readonly Group[] => {
    const [first] = some;
    if (first === undefined) return [];
    const names = some.slice(0, shownNames).map(({ container }) => plainName(container) ?? 'NAME');
    const more = some.length > shownNames ? ' …' : '';
    return [{ limits: limitsOf(first), names: `${names.join(' ')}${more}`, count: some.length }];
  });
}
