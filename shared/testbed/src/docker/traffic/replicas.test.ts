import { describe, expect, it } from 'vitest';
import { type ListedContainer, readyOf } from './replicas.ts';

function container(State: string, Status: string, IPAddress = '172.18.0.2'): ListedContainer {
  return {
    Names: ['/movie-1'],
    ImageID: 'sha256:1',
    State,
    Status,
    NetworkSettings: { Networks: { a: { IPAddress } } },
  };
}

describe('whom a health-aware balancer sends requests to', () => {
  it.each([
    ['running', 'Up 3 seconds (healthy)', 1],
    ['running', 'Up 3 seconds', 1],
    ['running', 'Up 3 seconds (unhealthy)', 0],
    ['running', 'Up 3 seconds (health: starting)', 0],
    ['paused', 'Up 3 seconds (Paused)', 0],
    ['restarting', 'Restarting (1) 2 seconds ago', 0],
    ['exited', 'Exited (0) 2 seconds ago', 0],
  ])('%s, %s: %i', (state, status, count) => {
    expect(readyOf([container(state, status)])).toHaveLength(count);
  });

  it('takes nobody without an address, and the address of any network', () => {
    expect(readyOf([container('running', 'Up 3 seconds', '')])).toEqual([]);
    const two = container('running', 'Up 3 seconds');
    const networks = { none: { IPAddress: '' }, inner: { IPAddress: '10.0.0.9' } };
    expect(readyOf([{ ...two, NetworkSettings: { Networks: networks } }])).toEqual([
      { name: 'movie-1', image: 'sha256:1', address: '10.0.0.9' },
    ]);
  });
});
