interface Ordered {
  readonly id: string;
  readonly after: readonly string[];
}

/**
 * A cycle among steps, as the ids on it with the first repeated at the end; undefined when they can be put in an order.
 */
export function findCycle(steps: readonly Ordered[]): readonly string[] | undefined {
  const left = new Map(steps.map((step) => [step.id, step.after] as const));
  for (let before = -1; before !== left.size;) {
    before = left.size;
    for (const [id, after] of left) if (!after.some((other) => left.has(other))) left.delete(id);
  }
  const [start] = left.keys();
  if (start === undefined) return undefined;
  // Each step that is left waits for another one that is left, so following them comes back.
  const walk: string[] = [];
  for (let id = start; ; id = left.get(id)?.find((other) => left.has(other)) ?? start) {
    const seen = walk.indexOf(id);
    if (seen !== -1) return [...walk.slice(seen), id];
    walk.push(id);
  }
}
