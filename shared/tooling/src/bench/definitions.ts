import { definitionCosts } from '../definition-cost.ts';
import { servers } from '../servers.ts';
import type { Figure } from './figure.ts';

/** What each server's definitions cost a client that loads all of them. */
export async function definitionFigures(): Promise<readonly Figure[]> {
  const perServer = Object.entries(servers).map(async ([name, load]): Promise<readonly Figure[]> => {
    const costs = await definitionCosts(await load());
    const sum = (field: 'bytes' | 'tokens'): number => costs.reduce((total, cost) => total + cost[field], 0);
    return [
      {
        name: `${name}: definitions of all tools`,
        value: sum('bytes') / 1000,
        unit: 'kB',
        target: { atMost: 24 },
        how: `${costs.length} tools`,
      },
      { name: `${name}: definitions of all tools`, value: sum('tokens'), unit: 'tokens', how: 'o200k tokeniser' },
    ];
  });
  return (await Promise.all(perServer)).flat();
}
