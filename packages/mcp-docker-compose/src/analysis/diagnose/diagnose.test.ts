import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { madeContainer, madeEvent, madeHealth, madeService } from '../../../test/support/made.ts';
import type { ComposeModel, ComposeService, Dependency } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { EngineEvent } from '../../model/event.ts';
import { diagnose } from './diagnose.ts';
import type { ProjectFacts } from './facts.ts';

const now = 10_000_000;

interface Given {
  readonly services: readonly ComposeService[];
  readonly containers: readonly Container[];
  readonly events?: readonly EngineEvent[];
}

function facts({ services, containers, events = [] }: Given): ProjectFacts {
  const wanted = new Map(services.map((one) => [one.name, one]));
  const names = new Set([...wanted.keys(), ...containers.map(({ service }) => service)]);
  const model: ComposeModel = {
    name: 'cinema',
    services: wanted,
    volumes: new Map(),
    networks: new Map(),
    unsetVariables: [],
    hashes: new Map(),
    text: '',
    fingerprint: '',
  };
  return {
    now,
    model,
    services: new Map(
      [...names].map((name) => [
        name,
        {
          name,
          wanted: wanted.get(name),
          containers: containers.filter(({ service }) => service === name),
          drifts: new Map(),
          events: events.filter(({ service }) => service === name),
          logs: new Map(),
          usage: new Map(),
        },
      ]),
    ),
    images: new Set(['cinema/base:1']),
    volumes: new Set(),
    networks: new Set(),
    holders: new Map(),
    completeSince: 0,
  };
}

const dependsOn = (...names: readonly string[]): Pick<ComposeService, 'dependsOn'> => ({
  dependsOn: new Map(
    names.map((name): [string, Dependency] => [name, { condition: 'service_healthy', restart: false }]),
  ),
});
const unhealthy = { health: madeHealth('unhealthy') };

describe('a root cause', () => {
  it('is what the kernel says, whatever follows from it', () => {
    const [one, ...others] = diagnose(
      facts({
        services: [madeService('api', { restart: 'always' })],
        containers: [
          madeContainer('api', { restartPolicy: 'always', restartCount: 5, ...unhealthy, state: { startedAt: now } }),
        ],
        events: [1, 2, 3].flatMap((at) => [
          madeEvent('api', at, 'oom'),
          madeEvent('api', at + 0.5, 'die', { exitCode: 137 }),
          madeEvent('api', at + 0.6, 'start'),
        ]),
      }),
    );
    expect(one).toMatchObject({ code: 'OOM_KILLED', service: 'api', severity: 'critical' });
    expect(one?.consequences.map(({ code }) => code)).toEqual(['CRASH_LOOP', 'APP_UNHEALTHY']);
    expect(others).toEqual([]);
  });

  it('is a dependency, over several services', () => {
    const causes = diagnose(
      facts({
        services: [madeService('db'), madeService('api', dependsOn('db')), madeService('web', dependsOn('api'))],
        containers: [
          madeContainer('db', unhealthy),
          madeContainer('api', unhealthy),
          madeContainer('web', { state: { status: 'created', startedAt: undefined } }),
        ],
      }),
    );
    expect(causes).toMatchObject([
      {
        code: 'APP_UNHEALTHY',
        service: 'db',
        consequences: [
          { service: 'api', code: 'DEP_UNHEALTHY' },
          { service: 'web', code: 'DEP_UNHEALTHY' },
        ],
      },
    ]);
  });

  it('is its own where the service did itself what its dependency cannot have done', () => {
    const causes = diagnose(
      facts({
        services: [madeService('db'), madeService('api', dependsOn('db'))],
        containers: [
          madeContainer('db', unhealthy),
          madeContainer('api', { state: { status: 'exited', exitCode: 137, oomKilled: true, finishedAt: 5 } }),
        ],
      }),
    );
    expect(causes.map(({ code }) => code).toSorted()).toEqual(['APP_UNHEALTHY', 'OOM_KILLED']);
  });

  it('is none of a job that is done, of a restart that went well, or of a dependency that only its dependent outlived', () => {
    const done = { status: 'exited', exitCode: 0, finishedAt: 5 } as const;
    expect(
      diagnose(
        facts({
          services: [madeService('migrate'), madeService('db'), madeService('api', dependsOn('db'))],
          containers: [madeContainer('migrate', { state: done }), madeContainer('db'), madeContainer('api')],
          events: [
            madeEvent('api', 1, 'kill', { signal: '15' }),
            madeEvent('api', 2, 'die', { exitCode: 143 }),
            madeEvent('api', 3, 'start'),
          ],
        }),
      ),
    ).toEqual([]);
  });
});

const statuses = ['running', 'exited', 'created', 'restarting', 'paused', 'dead'] as const;
const anyContainer = (service: string) =>
  fc
    .record({
      status: fc.constantFrom(...statuses),
      exitCode: fc.constantFrom(0, 1, 127, 137, 143),
      oomKilled: fc.boolean(),
      health: fc.constantFrom(undefined, 'healthy' as const, 'unhealthy' as const, 'starting' as const),
      restartCount: fc.nat(5),
    })
    .map(({ health, restartCount, ...state }) =>
      madeContainer(service, {
        restartCount,
        health: health === undefined ? undefined : madeHealth(health),
        state: { ...state, finishedAt: now - 5000 },
      }),
    );

it('gives each service at most one cause, and tells of every one that is not as wanted', () => {
  fc.assert(
    fc.property(
      fc.tuple(anyContainer('db'), anyContainer('api'), anyContainer('web')),
      // in a circle too, which Compose would refuse
      fc.constantFrom([], ['api'], ['web']),
      (containers, back) => {
        const services = [
          madeService('db', dependsOn(...back)),
          madeService('api', { restart: 'always', ...dependsOn('db') }),
          madeService('web', { restart: 'always', ...dependsOn('api') }),
        ];
        const causes = diagnose(facts({ services, containers }));
        const roots = causes.map(({ service }) => service);
        expect(new Set(roots).size).toBe(roots.length);
        const told = new Set(causes.flatMap((one) => [one.service, ...one.consequences.map(({ service }) => service)]));
        for (const { service, state, health } of containers) {
          const isWell = state.status === 'running' && (health === undefined || health.status === 'healthy');
          const mayBecome = state.status === 'running' && health?.status === 'starting';
          const isDone = state.status === 'exited' && state.exitCode === 0 && !state.oomKilled;
          const isRestarting = state.status === 'restarting';
          const isNew = state.status === 'created';
          if (!isWell && !mayBecome && !isDone && !isRestarting && !isNew) expect(told).toContain(service);
        }
      },
    ),
  );
});
