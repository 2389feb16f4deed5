import type {
  Container,
  ContainerHealth,
  ContainerLimits,
  ContainerState,
  PublishedPort,
} from '../../model/container.ts';
import { type ContainerAnswer, containerSchema } from './container-schema.ts';
import { parsed } from './parsed.ts';

const label = 'com.docker.compose';
const defaultGraceMs = 10_000;
/** Of the kernel, where the engine tells none. */
const defaultPeriodUs = 100_000;
/** The engine's own values where neither image nor file gives one. */
const probeDefaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 };

/** What `GET /containers/{id}/json` told, in our terms. */
export function readContainer(answer: unknown): Container {
  const told = parsed(containerSchema, answer, 'a container');
  const { Config: config, HostConfig: host } = told;
  const labels = config.Labels ?? {};
  return {
    id: told.Id,
    name: told.Name.replace(/^\//, ''),
    service: labels[`${label}.service`] ?? '',
    number: Number(labels[`${label}.container-number`] ?? 0),
    isOneOff: labels[`${label}.oneoff`] === 'True',
    configHash: labels[`${label}.config-hash`] ?? '',
    composeVersion: labels[`${label}.version`] ?? '',
    image: config.Image,
    imageId: told.Image,
    createdAt: Date.parse(told.Created),
    state: stateOf(told),
    health: healthOf(told),
    restartCount: told.RestartCount,
    restartPolicy: host.RestartPolicy?.Name || 'no',
    labels,
    environment: config.Env ?? [],
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    limits: limitsOf(host),
    swapBytes: host.MemorySwap || undefined,
    cpuPeriodUs: !host.NanoCpus && host.CpuQuota && host.CpuQuota > 0 ? host.CpuPeriod || defaultPeriodUs : undefined,
    ports: portsOf(told),
    wantedPorts: wantedPortsOf(host),
    networks: Object.entries(told.NetworkSettings.Networks ?? {}).map(([name, network]) => ({
      name,
      address: network?.IPAddress ?? '',
    })),
    mounts: (told.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      name: mount.Name,
      source: mount.Source,
      target: mount.Destination,
      isWritable: mount.RW,
    })),
    isTty: config.Tty,
    logDriver: host.LogConfig?.Type ?? '',
    stopSignal: config.StopSignal,
    stopGraceMs: typeof config.StopTimeout === 'number' ? config.StopTimeout * 1000 : defaultGraceMs,
  };
}

function stateOf({ State: state }: ContainerAnswer): ContainerState {
  return {
    status: state.Status,
    exitCode: state.ExitCode,
    error: state.Error,
    oomKilled: state.OOMKilled,
    startedAt: timeOf(state.StartedAt),
    finishedAt: timeOf(state.FinishedAt),
  };
}

function healthOf({
  State: { Health: health },
  Config: { Healthcheck: check },
}: ContainerAnswer): ContainerHealth | undefined {
  if (!health || health.Status === 'none') return undefined;
  return {
    status: health.Status,
    failingStreak: health.FailingStreak,
    log: (health.Log ?? []).map((probe) => ({
      startedAt: Date.parse(probe.Start),
      endedAt: Date.parse(probe.End),
      exitCode: probe.ExitCode,
      output: probe.Output,
    })),
    test: check?.Test ?? [],
    intervalMs: milliseconds(check?.Interval) ?? probeDefaults.intervalMs,
    timeoutMs: milliseconds(check?.Timeout) ?? probeDefaults.timeoutMs,
    retries: check?.Retries || probeDefaults.retries,
    startPeriodMs: milliseconds(check?.StartPeriod) ?? probeDefaults.startPeriodMs,
  };
}

function limitsOf(host: ContainerAnswer['HostConfig']): ContainerLimits {
  const quota = host.CpuQuota && host.CpuQuota > 0 ? host.CpuQuota / (host.CpuPeriod || defaultPeriodUs) : undefined;
  return {
    memoryBytes: host.Memory || undefined,
    // -1 lifts it
    memoryReservationBytes: host.MemoryReservation && host.MemoryReservation > 0 ? host.MemoryReservation : undefined,
    cpus: host.NanoCpus ? host.NanoCpus / 1e9 : quota,
    pids: host.PidsLimit && host.PidsLimit > 0 ? host.PidsLimit : undefined,
  };
}

function portsOf({ NetworkSettings: { Ports: ports } }: ContainerAnswer): readonly PublishedPort[] {
  return Object.entries(ports ?? {}).flatMap(([key, bindings]) => {
    const [target = '', protocol = 'tcp'] = key.split('/');
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      address: HostIp,
      published: Number(HostPort),
      target: Number(target),
      protocol,
    }));
  });
}

function wantedPortsOf({ PortBindings: bindings }: ContainerAnswer['HostConfig']): readonly string[] {
  return Object.entries(bindings ?? {}).flatMap(([key, list]) =>
    (list ?? []).map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}->${key}`),
  );
}

/** The engine writes the year 1 for never. */
function timeOf(text: string): number | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

function milliseconds(nanoseconds: number | null | undefined): number | undefined {
  return nanoseconds ? nanoseconds / 1e6 : undefined;
}
