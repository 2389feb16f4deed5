/** Something that happened to a container of the project, as the engine recorded it. */
export interface EngineEvent {
  /** UTC ms. */
  readonly at: number;
  readonly action: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly service: string;
  /** Of `die`. */
  readonly exitCode: number | undefined;
  /** Of `kill`. */
  readonly signal: string | undefined;
}

/** What the engine still remembers: it keeps the last 256 events of all kinds only. */
export interface EventHistory {
  readonly events: readonly EngineEvent[];
  /** UTC ms from which on nothing can have been forgotten. */
  readonly completeSince: number;
}
