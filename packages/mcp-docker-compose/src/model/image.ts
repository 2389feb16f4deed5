import type { Healthcheck } from './compose-model.ts';

/** An image on the engine's host. */
export interface LocalImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  readonly createdAt: number;
  readonly sizeBytes: number;
  /** What containers of it get unless the file says otherwise. */
  readonly defaults: ImageDefaults;
}

export interface ImageDefaults {
  /** `NAME=value`; never shown. */
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly healthcheck: Healthcheck | undefined;
  /** Targets of volumes that containers get without asking. */
  readonly volumes: readonly string[];
}

/** An image of the host as a listing tells it. */
export interface HostImage {
  readonly id: string;
  readonly tags: readonly string[];
  /** UTC ms; undefined where the build says none. */
  readonly createdAt: number | undefined;
  /** With layers that other images may share. */
  readonly sizeBytes: number;
  /** By a container of any project, running or not. */
  readonly isUsed: boolean;
  /** Whose `compose build` made it; undefined for any other. */
  readonly project: string | undefined;
}
