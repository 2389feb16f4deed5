import { pathsOf, type Template } from '../expression/template.ts';
import { meant } from '../nearest.ts';

/** What the references of a runbook may name. */
export interface Names {
  readonly inputs: ReadonlySet<string>;
  readonly steps: ReadonlySet<string>;
  /** Saved name → the step that saves it. */
  readonly saved: ReadonlyMap<string, string>;
}

/** A reference that leads nowhere, in words. */
export class BadReference extends Error {
  override readonly name = 'BadReference';
}

/**
 * The ids of the steps that a template waits for.
 *
 * @param local roots that exist only here: `item` and `index` in a `foreach`, `result` in `save`
 * @throws BadReference
 */
export function stepsReferredTo(template: Template, names: Names, local: readonly string[]): readonly string[] {
  return pathsOf(template).flatMap(({ root, keys }) => {
    if (local.includes(root)) return [];
    const [key] = keys;
    if (root === 'steps') return [known('step', key, names.steps)];
    if (root === 'saved') return [names.saved.get(known('saved value', key, names.saved.keys())) ?? ''];
    if (root === 'inputs') {
      known('input', key, names.inputs);
      return [];
    }
    throw new BadReference(whyNot(root, local));
  });
}

function known(what: string, key: string | number | undefined, names: Iterable<string>): string {
  const all = [...names];
  if (typeof key === 'string' && all.includes(key)) return key;
  const found = key === undefined ? 'a reference without a name' : `no ${what} "${key}"`;
  const existing = all.length === 0 ? 'there are none' : `there are: ${all.join(', ')}`;
  throw new BadReference(`${found}${typeof key === 'string' ? meant(key, all) : ''} (${what}s: ${existing})`);
}

function whyNot(root: string, local: readonly string[]): string {
  if (root === 'item' || root === 'index') return `"${root}" exists only in the input of a step with foreach`;
  if (root === 'result') return '"result" exists only in save';
  const roots = ['inputs', 'steps', 'saved', ...local];
  return `nothing is called "${root}"${meant(root, roots)} (references begin with: ${roots.join(', ')})`;
}
