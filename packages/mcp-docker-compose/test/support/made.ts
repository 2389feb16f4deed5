import type { ComposeService, Dependency } from '../../src/model/compose-model.ts';
import type { Container, ContainerHealth, ContainerState } from '../../src/model/container.ts';
import type { EngineEvent } from '../../src/model/event.ts';

const nothing = { parallelism: undefined, delayMs: undefined, monitorMs: undefined, maxFailureRatio: undefined };

/** A service of a model that asks for nothing special. */
export function madeService(name: string, more: Partial<ComposeService> = {}): ComposeService {
  return {
    name,
    image: 'cinema/base:1',
    isBuilt: false,
    replicas: 1,
    command: undefined,
    entrypoint: undefined,
    environment: {},
    labels: {},
    healthcheck: undefined,
    dependsOn: new Map<string, Dependency>(),
    ports: [],
    volumes: [],
    limits: {
      memoryBytes: undefined,
      memoryReservationBytes: undefined,
      cpus: undefined,
      cpusReservation: undefined,
      pids: undefined,
    },
    update: { ...nothing, order: undefined, failureAction: undefined },
    rollback: { ...nothing, order: undefined, failureAction: undefined },
    restart: 'no',
    containerName: undefined,
    networkMode: undefined,
    networks: new Map(),
    preStop: [],
    stopGraceMs: undefined,
    stopSignal: undefined,
    usesInit: false,
    raw: {},
    ...more,
  };
}

/** A container that runs well. */
export function madeContainer(
  service: string,
  more: Partial<Omit<Container, 'state'>> & { readonly state?: Partial<ContainerState> } = {},
): Container {
  const number = more.number ?? 1;
  const { state, ...rest } = more;
  return {
    id: `${service}${number}`,
    name: `cinema-${service}-${number}`,
    service,
    number,
    isOneOff: false,
    configHash: 'h',
    composeVersion: '2.40.3',
    image: 'cinema/base:1',
    imageId: 'sha256:1',
    createdAt: 0,
    health: undefined,
    restartCount: 0,
    restartPolicy: 'no',
    labels: {},
    environment: [],
    entrypoint: [],
    command: [],
    limits: { memoryBytes: undefined, memoryReservationBytes: undefined, cpus: undefined, pids: undefined },
    swapBytes: undefined,
    cpuPeriodUs: undefined,
    ports: [],
    wantedPorts: [],
    networks: [],
    mounts: [],
    isTty: false,
    logDriver: 'json-file',
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    ...rest,
    state: {
      status: 'running',
      exitCode: 0,
      error: '',
      oomKilled: false,
      startedAt: 0,
      finishedAt: undefined,
      ...state,
    },
  };
}

export function madeHealth(status: ContainerHealth['status'], more: Partial<ContainerHealth> = {}): ContainerHealth {
  return {
    status,
    failingStreak: status === 'unhealthy' ? 3 : 0,
    log: [],
    test: ['CMD', 'true'],
    intervalMs: 1000,
    timeoutMs: 1000,
    retries: 3,
    startPeriodMs: 0,
    ...more,
  };
}

/** Of the container that `madeContainer` makes first of a service. */
export function madeEvent(service: string, at: number, action: string, more: Partial<EngineEvent> = {}): EngineEvent {
  return {
    at,
    action,
    containerId: `${service}1`,
    containerName: `cinema-${service}-1`,
    service,
    exitCode: undefined,
    signal: undefined,
    ...more,
  };
}
