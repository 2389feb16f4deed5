import { median } from './median.ts';

const warmUpBlocks = 20;
const blocks = 15;
const callsInBlock = 20;

/**
 * Median time in ms of each piece of work. Pieces take turns in blocks of twenty calls within one run, so that whatever else
 * the machine does hits all alike, and each block finds its own code, connection and peer warm; twenty blocks warm up, until the compiler has settled.
 */
export async function mediansInTurn<Name extends string>(
  work: Readonly<Record<Name, () => Promise<unknown>>>,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(work) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let block = 0; block < warmUpBlocks + blocks; block += 1) {
    for (const name of names) {
      for (let call = 0; call < callsInBlock; call += 1) {
        const began = performance.now();
        await work[name]();
        if (block >= warmUpBlocks) times[name].push(performance.now() - began);
      }
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
}
