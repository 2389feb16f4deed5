import { expect, it } from 'vitest';
import { generate } from '../src/docs/generate.ts';
import { formatted, outdated } from '../src/docs/output.ts';

it('finds every generated document up to date', async () => {
  const stale = outdated(await formatted(await generate()));
  expect(stale.map(({ path }) => path)).toEqual([]);
});
