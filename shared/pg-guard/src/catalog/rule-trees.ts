import { GuardRefusal } from '../refusal.ts';
import { type TreeReach, scanNodeTree } from './node-tree.ts';
import { RULE_QUERY } from './reach-query.ts';
import type { CatalogQuery } from './resolve-reach.ts';

const MAX_RULES = 300;

/**
 * What view rules reach, kept for one connection. An entry belongs to one stored version of the rule (its row's `xmin`), which
 * is read anew each time: a replaced view is never answered from here. Only the scan of the text is saved, no verdict.
 */
export class RuleTrees {
  readonly #kept = new Map<string, TreeReach>();

  async reachOf(query: CatalogQuery, rule: { readonly oid: number; readonly version: string }): Promise<TreeReach> {
    const known = this.#kept.get(keyOf(rule));
    if (known !== undefined) return known;
    const [row] = await query(RULE_QUERY, [[rule.oid]]);
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
