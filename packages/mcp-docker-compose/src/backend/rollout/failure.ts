/** Why a rollout does not go on; the service then goes back or stays as it is. */
export class RolloutFailure extends Error {
  override readonly name = 'RolloutFailure';
  /** `conflict`: somebody else changed the replicas meanwhile, so nothing more is touched. */
  readonly kind: 'replica' | 'conflict' | 'cancelled';
  readonly containers: readonly string[];

  constructor(kind: RolloutFailure['kind'], message: string, containers: readonly string[] = []) {
    super(message);
    this.kind = kind;
    this.containers = containers;
  }
}
