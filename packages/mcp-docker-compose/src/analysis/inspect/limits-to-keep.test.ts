import { expect, it } from 'vitest';
import { madeContainer } from '../../../test/support/made.ts';
import type { Drift } from '../drift/drift-of.ts';
import { limitsToKeep } from './limits-to-keep.ts';

const limits = { memoryBytes: 96 * 1024 * 1024, memoryReservationBytes: undefined, cpus: 0.699_999_988, pids: 50 };
const containers = [madeContainer('movie', { limits }), madeContainer('movie', { number: 2, limits })];
const drift: Drift = { config: 'same', keys: [], hasNewImage: false, limits: ['memory', 'cpus'] };
const kept = (more: Partial<Drift> = {}, all = containers) =>
  limitsToKeep(all, new Map(all.map(({ id }) => [id, { ...drift, ...more }])));

it('limits that only the containers have are kept as they are', () => {
  expect(kept()).toEqual({ memory: '96m', cpus: 0.7 });
  expect(kept({ limits: ['pids'] })).toEqual({ pids: 50 });
});

it('nothing is kept where containers disagree, something else differs, or a limit was lifted', () => {
  const other = madeContainer('movie', { number: 2, limits: { ...limits, memoryBytes: 1 } });
  const free = containers.map((one) => ({ ...one, limits: { ...limits, memoryBytes: undefined } }));
  expect(kept({}, [...containers.slice(0, 1), other])).toBeUndefined();
  expect(kept({ config: 'changed' })).toBeUndefined();
  expect(kept({ hasNewImage: true })).toBeUndefined();
  expect(kept({ limits: [] })).toBeUndefined();
  expect(kept({}, free)).toBeUndefined();
  expect(limitsToKeep(containers, new Map())).toBeUndefined();
});
