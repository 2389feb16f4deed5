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

/** UTC ms; both ends belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the engine still remembers: it keeps the last 256 events of all kinds only. */
export interface EventMemory {
  /** Oldest first. */
  readonly events: readonly EngineEvent[];
  /** UTC ms from which on nothing can have been forgotten. */
  readonly completeSince: number;
}

/** What is known of a window: what the engine remembers, and what was recorded before it forgot. */
export interface EventHistory extends EventMemory {
  /** Parts of the window in which more may have happened, oldest first; `completeSince` is the end of the last. */
  readonly gaps: readonly Span[];
}

/** What was recorded of one hour. */
export interface EventSlot {
  /** Whole hours since 1970. */
  readonly hour: number;
  /** Oldest first, each once. */
  readonly events: readonly EngineEvent[];
  /** Within the hour, when nothing can have been missed; apart from each other, oldest first. */
  readonly spans: readonly Span[];
}
