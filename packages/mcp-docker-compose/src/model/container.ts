/** One container of the project as the engine tells it; sizes in bytes, times in UTC ms. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Of `com.docker.compose.container-number`. */
  readonly number: number;
  /** Made by `compose run`. */
  readonly isOneOff: boolean;
  readonly configHash: string;
  /** Of the Compose that created it. */
  readonly composeVersion: string;
  readonly image: string;
  readonly imageId: string;
  readonly createdAt: number;
  readonly state: ContainerState;
  readonly health: ContainerHealth | undefined;
  readonly restartCount: number;
  readonly restartPolicy: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value`; never shown. */
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly limits: ContainerLimits;
  /** Memory and swap together: -1 = no limit, undefined = nothing was said. */
  readonly swapBytes: number | undefined;
  /** In µs, where the CPU limit is a quota of a period instead of a number of CPUs. */
  readonly cpuPeriodUs: number | undefined;
  /** As they are now: none while it does not run. */
  readonly ports: readonly PublishedPort[];
  /** As they were asked for: `address:published->target/protocol`, published empty for any free one. */
  readonly wantedPorts: readonly string[];
  readonly networks: readonly { readonly name: string; readonly address: string }[];
  readonly mounts: readonly ContainerMount[];
  readonly isTty: boolean;
  readonly logDriver: string;
  readonly stopSignal: string;
  readonly stopGraceMs: number;
}

export interface ContainerState {
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  readonly exitCode: number;
  readonly error: string;
  readonly oomKilled: boolean;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
}

export interface ContainerHealth {
  readonly status: 'starting' | 'healthy' | 'unhealthy';
  readonly failingStreak: number;
  /** The last few probes, oldest first. */
  readonly log: readonly Probe[];
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly startPeriodMs: number;
}

export interface Probe {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly exitCode: number;
  readonly output: string;
}

/** `undefined` = no limit. */
export interface ContainerLimits {
  readonly memoryBytes: number | undefined;
  readonly memoryReservationBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly pids: number | undefined;
}

export interface PublishedPort {
  readonly address: string;
  readonly published: number;
  readonly target: number;
  readonly protocol: string;
}

export interface ContainerMount {
  readonly type: string;
  readonly name: string;
  readonly source: string;
  readonly target: string;
  readonly isWritable: boolean;
}
