/** What was done to one replica, in words. */
export interface ReplicaChange {
  readonly container: string;
  readonly done: string;
}
