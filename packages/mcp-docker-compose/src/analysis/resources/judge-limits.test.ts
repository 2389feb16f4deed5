import { describe, expect, it } from 'vitest';
import { madeContainer } from '../../../test/support/made.ts';
import type { WantedLimits } from '../../model/resources.ts';
import type { StatsSample } from '../../model/stats.ts';
import { guardConcern, limitConcern, usageWarnings } from './judge-limits.ts';

const mebibyte = 1024 * 1024;
const none: WantedLimits = {
  memoryBytes: undefined,
  memoryReservationBytes: undefined,
  cpus: undefined,
  pids: undefined,
};
const host = { cpus: 2, memoryBytes: 1024 * mebibyte };
const memory = (mebibytes: number, reservation?: number): WantedLimits => ({
  ...none,
  memoryBytes: mebibytes * mebibyte,
  memoryReservationBytes: reservation === undefined ? undefined : reservation * mebibyte,
});
const limited = (mebibytes: number | undefined, number = 1) =>
  madeContainer('movie', { number, limits: { ...none, memoryBytes: mebibytes && mebibytes * mebibyte } });
const using = (workingSetBytes: number | undefined, pids = 3): StatsSample => ({
  readAt: 0,
  cpuNanoseconds: undefined,
  periods: undefined,
  throttledPeriods: undefined,
  workingSetBytes,
  pids,
  network: undefined,
  disk: undefined,
});

describe('limits that cannot be', () => {
  it.each([
    [memory(6), undefined],
    [memory(5), /6m to 1g/],
    [memory(1024), undefined],
    [memory(1025), /6m to 1g/],
    [{ ...none, cpus: 0.01 }, undefined],
    [{ ...none, cpus: 0.009 }, /0.01 to 2/],
    [{ ...none, cpus: 2.1 }, /0.01 to 2/],
    [memory(64, 65), /up to 64m/],
    [memory(64, 64), undefined],
  ])('%o', (wanted, allowed) => {
    const concern = limitConcern(wanted, [{ ...none }], host);
    if (allowed === undefined) expect(concern).toBeUndefined();
    else expect(concern?.allowed).toMatch(allowed);
  });

  it('stand against what a replica or the file has already', () => {
    const reserved = { memoryBytes: 256 * mebibyte, memoryReservationBytes: 128 * mebibyte };
    expect(limitConcern(memory(64), [none, reserved], host)).toEqual({
      text: 'memory is below the reservation of 128m that is there',
      allowed: 'memory from 128m on, or memoryReservation too',
    });
    const more = { ...none, memoryReservationBytes: 512 * mebibyte };
    expect(limitConcern(more, [reserved], host)?.allowed).toBe('memoryReservation up to 256m');
  });

  it('are too much in all only where they are raised', () => {
    const all = [
      limited(100),
      limited(100, 2),
      madeContainer('ticket', { limits: { ...none, memoryBytes: 300 * mebibyte } }),
    ];
    const mine = all.slice(0, 2);
    const guard = 600 * mebibyte;
    expect(guardConcern(memory(150), all, mine, guard)).toBeUndefined();
    expect(guardConcern(memory(151), all, mine, guard)?.text).toContain('--memory-guard');
    expect(guardConcern(memory(80), all, mine, 10)).toBeUndefined();
    expect(guardConcern(memory(800), [limited(undefined)], [limited(undefined)], guard)).toBeUndefined();
  });
});

describe('what limits would do to what runs', () => {
  const warned = (wanted: WantedLimits, sample: StatsSample | undefined, version = '1', now = 100) =>
    usageWarnings(wanted, [{ container: limited(now), plain: 'cinema-movie-1', sample }], version);

  it('is told with what was measured', () => {
    expect(warned(memory(64), using(70 * mebibyte))).toEqual([
      'cinema-movie-1 uses 73.4 MB now (working set), the new limit is 67.1 MB: the kernel refuses that unless it can take pages back (cgroup v1)',
    ]);
    expect(warned(memory(64), using(70 * mebibyte), '2')[0]).toContain('else kills it (cgroup v2)');
    expect(warned(memory(64), using(60 * mebibyte))[0]).toContain('may soon be killed');
    expect(warned(memory(64), using(50 * mebibyte))).toEqual([]);
    expect(warned(memory(64), undefined)[0]).toContain('is not known');
    expect(warned(memory(200), using(190 * mebibyte))).toEqual([]);
    expect(warned({ ...none, pids: 3 }, using(undefined))).toEqual([
      'cinema-movie-1 has 3 processes: it can start no more',
    ]);
  });
});
