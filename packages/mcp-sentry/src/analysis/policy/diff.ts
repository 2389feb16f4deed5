import type { Workflow, WorkflowDraft } from '../../model/alert.ts';
import type { CompiledPolicy } from './compile.ts';
import { type NormalForm, normalForm } from './normal-form.ts';

export interface FieldChange {
  readonly field: keyof NormalForm;
  /** Written by whoever made the alert. */
  readonly before: string;
  readonly after: string;
}

export type AlertChange =
  | { readonly kind: 'create'; readonly draft: WorkflowDraft; readonly form: NormalForm }
  | {
      readonly kind: 'update';
      readonly id: string;
      /** As it is now. */
      readonly found: Workflow;
      readonly draft: WorkflowDraft;
      readonly changes: readonly FieldChange[];
    }
  | { readonly kind: 'same'; readonly id: string; readonly draft: WorkflowDraft };

export interface PolicyDiff {
  /** One an alert of the policy, in its order. */
  readonly alerts: readonly AlertChange[];
  /** Have the prefix and are not of the policy, or a second time: to be deleted by hand. */
  readonly leftOver: readonly { readonly id: string; readonly name: string }[];
}

/**
 * What must be written so that the server has the policy. Alerts whose names lack the prefix play no part.
 *
 * @param existing of the whole organisation, in any order
 */
export function diffPolicy(
  { prefix, drafts }: Pick<CompiledPolicy, 'prefix' | 'drafts'>,
  existing: readonly Workflow[],
): PolicyDiff {
  const own = existing.filter(({ name }) => name.startsWith(`${prefix} `)).toSorted(byId);
  const used = new Set<string>();
  const alerts = drafts.map((draft): AlertChange => {
    const found = own.find(({ name }) => name === draft.name);
    if (found === undefined) return { kind: 'create', draft, form: normalForm(draft) };
    used.add(found.id);
    const changes = changesOf(normalForm(found), normalForm(draft));
    return changes.length === 0
      ? { kind: 'same', id: found.id, draft }
      : { kind: 'update', id: found.id, found, draft, changes };
  });
  const leftOver = own.filter(({ id }) => !used.has(id)).map(({ id, name }) => ({ id, name }));
  return { alerts, leftOver };
}

function changesOf(before: NormalForm, after: NormalForm): readonly FieldChange[] {
  return (Object.keys(after) as (keyof NormalForm)[])
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** The oldest first: a second one of the same name was made by hand. */
function byId(left: Workflow, right: Workflow): number {
  return left.id.length - right.id.length || (left.id < right.id ? -1 : 1);
}
