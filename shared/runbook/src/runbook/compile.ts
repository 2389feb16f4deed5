import { ExpressionError } from '../expression/syntax.ts';
import { parseExpression } from '../expression/parse.ts';
import { parseTemplate, type Template } from '../expression/template.ts';
import type { Json } from '../json.ts';
import { findCycle } from './order.ts';
import { BadReference, type Names, stepsReferredTo } from './references.ts';
import type { RunbookFile, StepFile } from './schema.ts';
import type { Runbook, Step } from './types.ts';

/** Says that the part at `path` of the file is wrong. */
export type Refuse = (path: readonly PropertyKey[], why: string) => Error;

/** Arguments that only a person gives, with the plan in front of them. */
const personal = ['confirm', 'approval'] as const;

/** Resolves names, references and order. @throws what `refuse` makes */
export function compile(file: RunbookFile, refuse: Refuse): Runbook {
  const names = namesOf(file, refuse);
  const steps = file.steps.map((step, index) => compileStep(step, names, at(['steps', index], refuse)));
  const cycle = findCycle(steps);
  if (cycle) {
    const index = steps.findIndex((step) => step.id === cycle[0]);
    throw refuse(['steps', index], `the steps wait for each other: ${cycle.join(' → ')}`);
  }
  const { title, description, language } = file;
  return { title, description, language, inputs: new Map(Object.entries(file.inputs)), steps };
}

function namesOf(file: RunbookFile, refuse: Refuse): Names {
  const steps = new Set<string>();
  const saved = new Map<string, string>();
  for (const [index, step] of file.steps.entries()) {
    if (steps.has(step.id)) throw refuse(['steps', index, 'id'], `two steps are called "${step.id}"`);
    steps.add(step.id);
    for (const name of Object.keys(step.save)) {
      if (saved.has(name)) throw refuse(['steps', index, 'save', name], `"${name}" is saved by two steps`);
      saved.set(name, step.id);
    }
  }
  return { inputs: new Set(Object.keys(file.inputs)), steps, saved };
}

function compileStep(step: StepFile, names: Names, refuse: Refuse): Step {
  const after = new Set<string>();
  const read = (key: keyof StepFile, make: () => Template, local: readonly string[]): Template => {
    const template = explained(() => make(), at([key], refuse));
    for (const id of explained(() => stepsReferredTo(template, names, local), at([key], refuse))) after.add(id);
    return template;
  };
  const { foreach, when } = step;
  for (const name of personal) {
    if (!Object.hasOwn(step.input, name)) continue;
    throw refuse(['input', name], 'a person gives this on the terminal (--allow-changes), never a runbook');
  }
  const input = read('input', () => parseTemplate(step.input), foreach === undefined ? [] : ['item', 'index']);
  const compiled = {
    input,
    when: when === undefined ? undefined : read('when', () => bare(when), []),
    foreach: foreach === undefined ? undefined : read('foreach', () => bare(foreach), []),
    save: Object.entries(step.save).map(
      ([name, value]) => [name, read('save', () => parseTemplate(value), ['result'])] as const,
    ),
  };
  for (const id of step.needs) {
    if (!names.steps.has(id)) throw refuse(['needs'], `there is no step "${id}"`);
    after.add(id);
  }
  const { id, title = id, server, tool, timeout: timeoutMs, onError } = step;
  if (after.has(id)) throw refuse([], `the step "${id}" refers to itself`);
  return { id, title, server, tool, ...compiled, after: [...after], timeoutMs, onError };
}

/** A condition or a list may stand without its braces, as `when: steps.overview.verdict == 'critical'`. */
function bare(value: Json): Template {
  const isTemplate = typeof value !== 'string' || value.includes('${{');
  if (isTemplate) return alone(parseTemplate(typeof value === 'string' ? value.trim() : value));
  const { expression, closed } = parseExpression(value);
  if (closed) throw new ExpressionError('"}}" without "${{"', value.indexOf('}}'));
  return { kind: 'expression', expression };
}

/** Text around an expression would make it a text, and as a condition that is always true. */
function alone(template: Template): Template {
  if (template.kind !== 'text') return template;
  throw new ExpressionError('one expression is expected, without text around it: write ${{ a and b }}', 0);
}

function explained<Value>(work: () => Value, refuse: Refuse): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw refuse([], `${error.message} (character ${error.at + 1})`);
    if (error instanceof BadReference) throw refuse([], error.message);
    throw error;
  }
}

function at(base: readonly PropertyKey[], refuse: Refuse): Refuse {
  return (path, why) => refuse([...base, ...path], why);
}
