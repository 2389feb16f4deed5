/** `14:05:06.123` UTC, with month and day in front where a window spans several days. */
export function clockTime(ms: number, withDay: boolean): string {
  const text = new Date(ms).toISOString();
  return withDay ? text.slice(5, 23).replace('T', ' ') : text.slice(11, 23);
}

/** Whether two moments are of different days, UTC. */
export function spansDays(from: number, to: number): boolean {
  return new Date(from).toISOString().slice(0, 10) !== new Date(to).toISOString().slice(0, 10);
}
