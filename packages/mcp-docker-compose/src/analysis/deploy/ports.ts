/** Whether so many replicas find a host port each: none asked for, or a range of as many. */
export function hasRoom(published: string, needed: number): boolean {
  if (published === '' || published === '0') return true;
  const [from = Number.NaN, to = from] = published.split('-').map(Number);
  return to - from + 1 >= needed;
}
