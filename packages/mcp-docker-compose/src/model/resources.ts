import type { State } from '@cinecom/mcp-core';
import type { ReplicaChange } from './replica-changes.ts';
import type { RolloutControl } from './rollouts.ts';
import type { SourceFile } from './source-file.ts';
import type { TextEdit } from './text-edit.ts';

/** Limits that are wanted; undefined = as they are. Sizes in bytes, CPU in cores. */
export interface WantedLimits {
  readonly memoryBytes: number | undefined;
  readonly memoryReservationBytes: number | undefined;
  readonly cpus: number | undefined;
  readonly pids: number | undefined;
}

/** Values in the engine's own words: `Memory`, `NanoCpus`, … */
export type EngineLimits = Readonly<Record<string, number>>;

/** What one replica is told. */
export interface LimitOrder {
  readonly id: string;
  readonly container: string;
  readonly update: EngineLimits;
  /** What it would be told to be as before. */
  readonly back: EngineLimits;
  /** Limits that it did not have: the engine cannot lift them again without making the container anew. */
  readonly stays: readonly string[];
}

/** A change of one file of the project. */
export interface FileChange {
  /** As `SourceFile` has it. */
  readonly path: string;
  /** SHA-256 of its bytes as they must be before. */
  readonly hash: string;
  readonly edits: readonly TextEdit[];
}

export interface ResourceChange {
  readonly service: string;
  readonly wanted: WantedLimits;
  readonly replicas: readonly LimitOrder[];
  readonly file: FileChange | undefined;
}

/** Limits of one service, of its replicas and in its file. */
export interface Resources {
  /**
   * SHA-256 of a file of the project that could be changed now.
   * @throws ToolError `backend_conflict` when its text is another one by now, `backend_forbidden` when it is read-only,
   * `backend_unsupported` for one that cannot be replaced without loss
   */
  fileHash(source: Pick<SourceFile, 'path' | 'text'>, signal: AbortSignal): Promise<string>;
  /**
   * The file first, then replica after replica; each looked at afterwards. Where something fails, what was done is put back.
   * @throws ToolError `backend_conflict` while another change of the project runs, and as `fileHash`; `backend_error` telling
   * what could not be put back
   */
  change(state: State, change: ResourceChange, control: RolloutControl): Promise<readonly ReplicaChange[]>;
}
