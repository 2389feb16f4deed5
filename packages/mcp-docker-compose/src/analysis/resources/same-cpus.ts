/** Whether two numbers of CPUs are the same to a millionth: Compose keeps them in 32 bits, the engine in billionths. */
export function sameCpus(one: number | undefined, other: number | undefined): boolean {
  const [a, b] = [one ?? 0, other ?? 0];
  return Math.abs(a - b) <= 1e-6 * Math.max(1, a, b);
}
