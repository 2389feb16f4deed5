import { expect, it } from 'vitest';
import { prompts } from './prompts.ts';
import { tools } from './tools/index.ts';

/** `pg_storage {"by":"database"}`, with or without arguments. */
const calls = /\b(pg_[a-z_]+)(?: (\{[^}]*\}))?/g;

/** Every way that a prompt can be asked for. */
const texts = prompts.flatMap((prompt) =>
  [{}, { period: 'daily' }, { period: 'weekly' }]
    .filter((values) => prompt.arguments.safeParse(values).success)
    .map((values) => [`${prompt.name} ${JSON.stringify(values)}`, prompt.render(values as Record<string, string>)]),
);

it.each(texts)('%s names only tools that exist, with arguments that they take', (_name, text) => {
  const named = [...(text ?? '').matchAll(calls)];
  expect(named.length).toBeGreaterThan(1);
  for (const [, name, json] of named) {
    const tool = tools.find((one) => one.name === name);
    expect(tool?.name).toBe(name);
    expect(tool?.input.safeParse(JSON.parse(json ?? '{}')).error).toBeUndefined();
  }
});

it('the capacity review is weekly unless it is asked for daily, and then leaves out what changes slowly', () => {
  const capacity = prompts.find((prompt) => prompt.name === 'capacity-review');
  expect(capacity?.render({})).toBe(capacity?.render({ period: 'weekly' }));
  expect(capacity?.render({})).toContain('pg_index_audit');
  expect(capacity?.render({ period: 'daily' })).not.toContain('pg_index_audit');
});
