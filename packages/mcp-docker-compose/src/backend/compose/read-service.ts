import type { Json } from '@cinecom/mcp-core';
import * as z from 'zod';
import type {
  ComposeService,
  Dependency,
  Healthcheck,
  Hook,
  ServiceLimits,
  ServicePort,
  ServiceVolume,
  UpdateConfig,
} from '../../model/compose-model.ts';
import { durationMs } from './durations.ts';

type Raw = Readonly<Record<string, Json | undefined>>;

const strings = z.array(z.string());
const words = z.record(z.string(), z.union([z.string(), z.null()]));
/** What a resolved model leaves out, the engine fills in with these. */
const probeDefaults = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 };

/**
 * One service of the resolved model. What is there in a form that is not known counts as not there: rules then say that
 * they do not know, and the raw service stays at hand.
 */
export function readService(name: string, raw: Raw, project: string): ComposeService {
  const deploy = record(raw.deploy);
  const resources = record(deploy.resources);
  return {
    name,
    image: text(raw.image) ?? `${project}-${name}`,
    isBuilt: raw.build !== undefined && raw.build !== null,
    replicas: number(raw.scale) ?? number(deploy.replicas) ?? 1,
    command: undoubled(strings.safeParse(raw.command).data),
    entrypoint: undoubled(strings.safeParse(raw.entrypoint).data),
    environment: words.safeParse(raw.environment).data ?? {},
    labels: labelsOf(raw.labels),
    healthcheck: healthcheckOf(record(raw.healthcheck)),
    dependsOn: dependenciesOf(record(raw.depends_on)),
    ports: list(raw.ports).map(portOf),
    volumes: list(raw.volumes).map(volumeOf),
    limits: limitsOf(raw, record(resources.limits), record(resources.reservations)),
    update: updateOf(record(deploy.update_config)),
    rollback: updateOf(record(deploy.rollback_config)),
    restart: text(raw.restart) ?? 'no',
    containerName: text(raw.container_name),
    networkMode: text(raw.network_mode),
    networks: networksOf(record(raw.networks)),
    preStop: list(raw.pre_stop).map(hookOf),
    stopGraceMs: durationMs(raw.stop_grace_period),
    stopSignal: text(raw.stop_signal),
    usesInit: raw.init === true,
    raw,
  };
}

function record(value: Json | undefined): Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : {};
}

function list(value: Json | undefined): readonly Raw[] {
  return Array.isArray(value) ? value.map((one: Json) => record(one)) : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Sizes are strings of bytes in the model, counts are numbers. */
function number(value: Json | undefined): number | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const read = Number(value);
  return Number.isFinite(read) ? read : undefined;
}

function positive(value: Json | undefined): number | undefined {
  const read = number(value);
  return read !== undefined && read > 0 ? read : undefined;
}

/** The model doubles every `$`, so that it can be read again. */
function undoubled(values: readonly string[] | undefined): readonly string[] | undefined {
  return values?.map((value) => value.replaceAll('$$', '$'));
}

function labelsOf(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(words.safeParse(value).data ?? {}).map(([key, one]) => [key, (one ?? '').replaceAll('$$', '$')]),
  );
}

function healthcheckOf(raw: Raw): Healthcheck | undefined {
  const test = undoubled(strings.safeParse(raw.test).data);
  if (raw.disable === true || test === undefined || test[0] === 'NONE') return undefined;
  return {
    test,
    intervalMs: durationMs(raw.interval) ?? probeDefaults.intervalMs,
    timeoutMs: durationMs(raw.timeout) ?? probeDefaults.timeoutMs,
    retries: positive(raw.retries) ?? probeDefaults.retries,
    startPeriodMs: durationMs(raw.start_period) ?? probeDefaults.startPeriodMs,
  };
}

function dependenciesOf(raw: Raw): ReadonlyMap<string, Dependency> {
  return new Map(
    Object.entries(raw).map(([name, value]) => {
      const { condition, restart } = record(value);
      const known = condition === 'service_healthy' || condition === 'service_completed_successfully';
      return [name, { condition: known ? condition : 'service_started', restart: restart === true }];
    }),
  );
}

function portOf(raw: Raw): ServicePort {
  return {
    target: number(raw.target) ?? 0,
    published: text(raw.published) ?? '',
    address: text(raw.host_ip) ?? '',
    protocol: text(raw.protocol) ?? 'tcp',
  };
}

function volumeOf(raw: Raw): ServiceVolume {
  return {
    type: text(raw.type) ?? 'volume',
    source: text(raw.source) ?? '',
    target: text(raw.target) ?? '',
    isReadOnly: raw.read_only === true,
  };
}

function limitsOf(raw: Raw, limits: Raw, reservations: Raw): ServiceLimits {
  return {
    memoryBytes: positive(limits.memory) ?? positive(raw.mem_limit),
    memoryReservationBytes: positive(reservations.memory) ?? positive(raw.mem_reservation),
    cpus: positive(limits.cpus) ?? positive(raw.cpus),
    cpusReservation: positive(reservations.cpus),
    pids: positive(limits.pids) ?? positive(raw.pids_limit),
  };
}

function updateOf(raw: Raw): UpdateConfig {
  const { order, failure_action: action } = raw;
  return {
    parallelism: number(raw.parallelism),
    delayMs: durationMs(raw.delay),
    monitorMs: durationMs(raw.monitor),
    maxFailureRatio: number(raw.max_failure_ratio),
    order: order === 'start-first' || order === 'stop-first' ? order : undefined,
    failureAction: action === 'continue' || action === 'pause' || action === 'rollback' ? action : undefined,
  };
}

function networksOf(raw: Raw): ReadonlyMap<string, { readonly hasFixedAddress: boolean }> {
  return new Map(
    Object.entries(raw).map(([key, value]) => {
      const one = record(value);
      const fixed = [one.ipv4_address, one.ipv6_address, one.mac_address].some(
        (address) => text(address) !== undefined,
      );
      return [key, { hasFixedAddress: fixed }];
    }),
  );
}

function hookOf(raw: Raw): Hook {
  return { command: undoubled(strings.safeParse(raw.command).data) ?? [], user: text(raw.user) };
}
