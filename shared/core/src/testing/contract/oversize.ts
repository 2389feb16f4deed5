/** Inputs past the hard limits of the pipeline: 1 MiB, 10,000 elements, depth 32, strings of 256 KiB. */
export function oversizeArguments(): readonly {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}[] {
  return [
    { name: 'a string of 300 KiB', args: { text: 'x'.repeat(300 * 1024) } },
    {
      name: 'two mebibytes',
      args: Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`part${index}`, 'y'.repeat(100_000)])),
    },
    { name: '20,000 elements', args: { list: Array.from({ length: 20_000 }, () => 0) } },
    { name: 'depth 100', args: { deep: nested(100) } },
  ];
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = { in: value };
  return value;
}
