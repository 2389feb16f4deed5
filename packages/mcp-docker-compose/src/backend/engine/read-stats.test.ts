import { describe, expect, it } from 'vitest';
import { sampleOf } from './read-stats.ts';

/** As Engine 20.10 answers on control groups of version 1, without the fields that nothing reads. */
const version1 = {
  read: '2026-11-26T14:19:39.46295459Z',
  pids_stats: { current: 2 },
  blkio_stats: { io_service_bytes_recursive: [] },
  cpu_stats: {
    cpu_usage: { total_usage: 1_821_562_884 },
    online_cpus: 2,
    throttling_data: { periods: 219, throttled_periods: 7, throttled_time: 1 },
  },
  memory_stats: { usage: 5_000_000, stats: { cache: 1, inactive_file: 1, total_inactive_file: 2_000_000 } },
  networks: { eth0: { rx_bytes: 796, tx_bytes: 4 }, eth1: { rx_bytes: 4, tx_bytes: 1 } },
};

/** And on version 2, where the keys of memory have other names. */
const version2 = {
  ...version1,
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 8, minor: 0, op: 'read', value: 100 },
      { major: 8, minor: 0, op: 'write', value: 30 },
      { major: 8, minor: 16, op: 'read', value: 1 },
    ],
  },
  memory_stats: { usage: 5_000_000, stats: { anon: 1, file: 3_000_000, inactive_file: 1_500_000 } },
};

describe('a sample', () => {
  it('is read on control groups of version 1', () => {
    expect(sampleOf(version1)).toEqual({
      readAt: Date.parse('2026-11-26T14:19:39.462Z'),
      cpuNanoseconds: 1_821_562_884,
      periods: 219,
      throttledPeriods: 7,
      workingSetBytes: 3_000_000,
      pids: 2,
      network: { inBytes: 800, outBytes: 5 },
      disk: undefined,
    });
  });

  it('is read on control groups of version 2', () => {
    expect(sampleOf(version2)).toMatchObject({ workingSetBytes: 3_500_000, disk: { inBytes: 101, outBytes: 30 } });
  });

  it('leaves out what the engine does not report', () => {
    expect(
      sampleOf({ read: version1.read, pids_stats: {}, blkio_stats: null, memory_stats: {}, cpu_stats: {} }),
    ).toEqual({
      readAt: Date.parse('2026-11-26T14:19:39.462Z'),
      cpuNanoseconds: undefined,
      periods: undefined,
      throttledPeriods: undefined,
      workingSetBytes: undefined,
      pids: undefined,
      network: undefined,
      disk: undefined,
    });
  });

  it('is none of a container that does not run', () => {
    expect(sampleOf({ ...version1, read: '0001-01-01T00:00:00Z' })).toBeUndefined();
  });
});
