import { median } from './median.ts';

const warmUp = 50;

/**
 * Median time in ms of each piece of work, taken in turn within one run, so that whatever else the machine does hits all alike.
 *
 * @param rounds measured calls of each, after 50 that warm up
 */
export async function mediansInTurn<Name extends string>(
  rounds: number,
  work: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(work) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const began = performance.now();
      await work[name]();
      if (round >= warmUp) times[name].push(performance.now() - began);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}
