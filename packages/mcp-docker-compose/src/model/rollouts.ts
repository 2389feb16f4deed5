import type { State } from '@cinecom/mcp-core';
import type { ReplicaChange } from './replica-changes.ts';
import type { RolloutRecord, ServiceOrder, Snapshot } from './rollout.ts';

/** How a rollout is watched and asked to stop, between two steps. */
export interface RolloutControl {
  /** Of the operation that it is: its own id. */
  readonly id: string;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number | undefined, text: string) => void;
}

/** What `bringUp` does: images first, where asked. */
export interface Wanted {
  readonly services: readonly string[];
  /** Of each, in the same order, at least; more that are there stay. */
  readonly replicas: readonly number[];
  readonly pull: 'never' | 'missing' | 'always';
  readonly build: boolean;
  readonly start: boolean;
}

/** Rollouts and snapshots of one project; what is kept of them is in the state of a call. */
export interface Rollouts {
  /** Writes down what every given service is made of, and keeps its images from being pruned. */
  snapshot(state: State, services: readonly string[], label: string, signal: AbortSignal): Promise<Snapshot>;
  /** Newest first. */
  snapshots(state: State, signal: AbortSignal): Promise<readonly Snapshot[]>;
  /** Newest first; one whose process has gone is told as interrupted. */
  records(state: State, signal: AbortSignal): Promise<readonly RolloutRecord[]>;
  /**
   * Takes a snapshot, then replaces service after service; goes back by itself where an order says so.
   * @throws ToolError `backend_conflict` while another change of the project runs
   */
  run(state: State, orders: readonly ServiceOrder[], control: RolloutControl): Promise<RolloutRecord>;
  /** Brings services to what a snapshot says, by the same steps. */
  restore(
    state: State,
    snapshot: Snapshot,
    orders: readonly ServiceOrder[],
    control: RolloutControl,
  ): Promise<RolloutRecord>;
  /** To as many replicas as the order says, without touching those that stay. @throws ToolError when new ones do not become ready */
  scale(state: State, order: ServiceOrder, control: RolloutControl): Promise<readonly ReplicaChange[]>;
  /** The same containers, ended and started again. */
  restart(state: State, orders: readonly ServiceOrder[], control: RolloutControl): Promise<readonly ReplicaChange[]>;
  /** Ends all replicas, in the order given, and removes them where asked. */
  stop(
    state: State,
    services: readonly string[],
    remove: boolean,
    control: RolloutControl,
  ): Promise<readonly ReplicaChange[]>;
  /** Images where asked, then what is missing or stopped; what runs stays as it is. */
  bringUp(state: State, wanted: Wanted, signal: AbortSignal): Promise<readonly ReplicaChange[]>;
  /** Containers by id, stopped before and never with their volumes, and image tags or untagged images. */
  discard(
    state: State,
    what: { readonly containers: readonly string[]; readonly images: readonly string[] },
    control: RolloutControl,
  ): Promise<readonly ReplicaChange[]>;
}
