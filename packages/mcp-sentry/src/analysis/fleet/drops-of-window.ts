/** A project in a window, and what became of its events in the hours that hold it. */
export interface ToldDrops {
  /** Of the hours. */
  readonly dropped: number;
  /** Of the hours. */
  readonly accepted: number;
  /** Of the window. */
  readonly events: number;
  /** Usual events an hour. */
  readonly usual: number;
  /** Hours told beside the window, ≥0. */
  readonly outsideHours: number;
}

/**
 * The fewest of the drops that must be of the window: what is dropped beyond the most events that the time beside it brings,
 * its usual rate and three standard deviations of it, less those that were taken there.
 */
export function droppedInWindow({ dropped, accepted, events, usual, outsideHours }: ToldDrops): number {
  const expected = usual * Math.max(0, outsideHours);
  const mostBeside = Math.max(0, expected + 3 * Math.sqrt(expected) - Math.max(0, accepted - events));
  return Math.max(0, Math.floor(dropped - mostBeside));
}
