import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanNodeTree } from './node-tree.ts';
import { createNameMatcher } from './name-globs.ts';
import { scanPlannedTree } from './planned-tree.ts';

it('tells what planning computes from what waits for rows', () => {
  const tree =
    '({OPEXPR :opno 98 :opfuncid 67 :args ({VAR :varno 1} {FUNCEXPR :funcid 20000 :args ({CONST :consttype 25 :constvalue 4 [ 1 \\{ 2 ]})})})';
  const { computed, left } = scanPlannedTree(tree);
  expect(computed).toEqual({ functions: [20_000], operators: [], types: [25], relations: [] });
  expect(left.functions).toEqual([67, 20_000]);
  expect(left.operators).toEqual([98]);
});

it('reads lists of numbers and skips zero', () => {
  expect(scanNodeTree(':opnos (o 97 98) :funcid 0 :tsmhandler 3313 :relid 7 :coltypes (o 23 25)')).toEqual({
    functions: [3313],
    operators: [97, 98],
    types: [23, 25],
    relations: [7],
  });
});

it('computes nothing that the whole tree does not hold, however the brackets lie', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('{FUNCEXPR :funcid 5 ', '{VAR ', '} ', '\\{', '\\} ', ':opno 6 ')),
      (parts) => {
        const { computed, left } = scanPlannedTree(parts.join(''));
        expect(left.functions).toEqual(expect.arrayContaining([...computed.functions]));
        expect(left.operators).toEqual(expect.arrayContaining([...computed.operators]));
      },
    ),
  );
});

it('matches names by globs in which only the star is special', () => {
  const matches = createNameMatcher(['app.total_*', 'a.b+c', 'nodot', '*.exact']);
  expect(['app.total_a', 'app.total_', 'a.b+c', 'x.exact'].map((name) => matches(name))).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['app.subtotal_a', 'a.bbc', 'nodot', 'xapp.total_a', 'x.exactly'].map((name) => matches(name))).toEqual(
    Array.from({ length: 5 }, () => false),
  );
});
