import { type Prepared, referencesOfPrepared, type Refuse } from '../expression/prepared.ts';
import type { Step } from './runbook.ts';

export interface UnconnectedStep extends Omit<Step, 'after'> {
  readonly needs: readonly string[];
}

interface Names {
  readonly steps: ReadonlySet<string>;
  readonly inputs: ReadonlySet<string>;
  /** Name of a saved value → the step that saves it. */
  readonly saved: ReadonlyMap<string, string>;
}

/**
 * Finds out what each step waits for, from the names its expressions use and its `needs`.
 *
 * @param refuse hears of names that do not exist, of ids used twice, and of steps that wait for each other
 */
export function connectSteps(
  steps: readonly UnconnectedStep[],
  inputs: readonly string[],
  refuse: Refuse,
): readonly Step[] {
  const names: Names = {
    steps: new Set(steps.map((step) => step.id)),
    inputs: new Set(inputs),
    saved: savedBy(steps, refuse),
  };
  const seen = new Set<string>();
  const connected = steps.map(({ needs, ...step }, index) => {
    if (seen.has(step.id)) refuse(['steps', index, 'id'], `${step.id} is the id of another step; ids are unique`);
    seen.add(step.id);
    const after = new Set<string>();
    for (const [field, value, roots] of fieldsOf({ needs, ...step })) {
      for (const { root, field: name } of referencesOfPrepared(value)) {
        const found = dependency(root, name, names, roots);
        if ('why' in found) refuse(['steps', index, ...field], found.why);
        else if (found.step !== undefined) after.add(found.step);
      }
    }
    for (const need of needs) {
      if (names.steps.has(need)) after.add(need);
      else refuse(['steps', index, 'needs'], `there is no step ${need}; there are ${[...names.steps].join(', ')}`);
    }
    return { ...step, after: [...after] };
  });
  refuseCycles(connected, refuse);
  return connected;
}

const always = ['steps', 'inputs', 'saved'] as const;

/** Each field with expressions, and the roots that may be named there. */
function fieldsOf(step: UnconnectedStep): readonly (readonly [readonly string[], Prepared, readonly string[]])[] {
  const inside = step.foreach === undefined ? always : [...always, 'item', 'index'];
  return [
    [['input'], step.input, inside],
    ...(step.when ? [[['when'], step.when, always] as const] : []),
    ...(step.foreach ? [[['foreach'], step.foreach, always] as const] : []),
    ...step.save.map(([name, value]) => [['save', name], value, [...always, 'result']] as const),
  ];
}

function savedBy(steps: readonly UnconnectedStep[], refuse: Refuse): ReadonlyMap<string, string> {
  const saved = new Map<string, string>();
  for (const [index, step] of steps.entries()) {
    for (const [name] of step.save) {
      const other = saved.get(name);
      if (other !== undefined) refuse(['steps', index, 'save', name], `${other} saves a value of this name already`);
      saved.set(name, step.id);
    }
  }
  return saved;
}

function dependency(
  root: string,
  field: string | undefined,
  names: Names,
  roots: readonly string[],
): { readonly step: string | undefined } | { readonly why: string } {
  if (!roots.includes(root)) {
    const where =
      root === 'item' || root === 'index' ? 'exists only in the input of a step with foreach' : 'is unknown';
    return { why: `${root} ${where}; here are ${roots.join(', ')}` };
  }
  if (root === 'item' || root === 'index' || root === 'result') return { step: undefined };
  if (field === undefined) return { why: `${root} needs a name after it, such as ${root}.name, known before the run` };
  if (root === 'steps') {
    return names.steps.has(field)
      ? { step: field }
      : { why: `there is no step ${field}; there are ${[...names.steps].join(', ')}` };
  }
  if (root === 'saved') {
    const step = names.saved.get(field);
    return step === undefined ? { why: `no step saves ${field}; saved are ${list(names.saved.keys())}` } : { step };
  }
  return names.inputs.has(field)
    ? { step: undefined }
    : { why: `there is no input ${field}; there are ${list(names.inputs)}` };
}

function list(names: Iterable<string>): string {
  return [...names].join(', ') || 'none';
}

function refuseCycles(steps: readonly Step[], refuse: Refuse): void {
  const left = new Map(steps.map((step) => [step.id, step.after]));
  for (let size = -1; size !== left.size;) {
    size = left.size;
    for (const [id, after] of left) if (!after.some((other) => left.has(other))) left.delete(id);
  }
  if (left.size === 0) return;
  const index = steps.findIndex((step) => left.has(step.id));
  refuse(['steps', index], `these steps wait for each other, so none could begin: ${[...left.keys()].join(', ')}`);
}
