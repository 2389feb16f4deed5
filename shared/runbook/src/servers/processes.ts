/** Something that runs because of this process. */
export interface Killable {
  /** Ends it at once. Never throws. */
  kill(): void;
}

/** Everything that was started and may still run, so that a second Ctrl-C can end it at once. */
export type Processes = Set<Killable>;
