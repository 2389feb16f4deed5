import { GuardRefusal } from '../refusal.ts';
import { type TreeReach, scanNodeTree } from './node-tree.ts';
import { RULE_QUERY } from './reach-query.ts';
import type { OwnQuery } from '../session/own-query.ts';

const MAX_RULES = 300;
const HARMLESS_FOR_MS = 60_000;

/**
 * What is remembered of one database between calls.
 *
 * What a view rule reaches belongs to one stored version of the rule (its row's `xmin`), which is read anew each time: a replaced
 * view is never answered from here, and only the scan of its text is saved, no verdict. Verdicts are kept for built-in
 * functions alone, found by number, and for a minute.
 */
export class CatalogMemory {
  readonly #now: () => number;
  readonly #harmless = new Map<number, number>();
  readonly #kept = new Map<string, TreeReach>();

  constructor(now: () => number) {
    this.#now = now;
  }

  rememberHarmless(builtInFunction: number): void {
    this.#harmless.set(builtInFunction, this.#now() + HARMLESS_FOR_MS);
  }

  isHarmless(functionNumber: number): boolean {
    return (this.#harmless.get(functionNumber) ?? -Infinity) > this.#now();
  }

  async reachOf(query: OwnQuery, rule: { readonly oid: number; readonly version: string }): Promise<TreeReach> {
    const known = this.#kept.get(keyOf(rule));
    if (known !== undefined) return known;
    const [row] = await query(RULE_QUERY, [[rule.oid]], 'guard_rule');
    const { tree, version } = row ?? {};
    if (typeof tree !== 'string' || typeof version !== 'string') {
      throw new GuardRefusal({
        rule: 'reach',
        node: 'RangeVar',
        message: 'a view was replaced while the statement was being checked',
        instead: 'call again',
      });
    }
    const reach = scanNodeTree(tree);
    if (this.#kept.size >= MAX_RULES) this.#kept.clear();
    this.#kept.set(keyOf({ oid: rule.oid, version }), reach);
    return reach;
  }
}

function keyOf(rule: { readonly oid: number; readonly version: string }): string {
  return `${rule.oid}:${rule.version}`;
}
