import { prepare, prepareExpression, type Refuse } from '../expression/prepared.ts';
import { type Problem, UsageError } from '../problems.ts';
import { connectSteps, type UnconnectedStep } from './connect-steps.ts';
import { issueText } from './issue-text.ts';
import type { Runbook } from './runbook.ts';
import { runbookSchema, type WrittenStep } from './schema.ts';
import { readYamlFile } from './yaml-file.ts';

/** Arguments that only a person gives, when a plan is in front of them. */
const personal = ['confirm', 'approval'] as const;

/** Reads a runbook. @throws UsageError naming file, line, field and what is allowed */
export async function loadRunbook(path: string): Promise<Runbook> {
  const file = await readYamlFile(path);
  const parsed = runbookSchema.safeParse(file.value);
  if (!parsed.success) {
    throw refused(parsed.error.issues.map((issue) => file.problem(issue.path, issueText(issue))));
  }
  const problems: Problem[] = [];
  const refuse: Refuse = (at, why) => void problems.push(file.problem(at, why));
  const written = parsed.data;
  const unconnected = written.steps.map((step, index) => readStep(step, index, refuse));
  if (problems.length > 0) throw refused(problems);
  const steps = connectSteps(unconnected, Object.keys(written.inputs), refuse);
  if (problems.length > 0) throw refused(problems);
  const { title, description, language, inputs } = written;
  return { file: file.name, title, description, language, inputs, steps };
}

function refused(problems: readonly Problem[]): UsageError {
  return new UsageError(problems, 'Correct the file, then look at it with: cinecom-runbook check FILE');
}

function readStep(step: WrittenStep, index: number, refuse: Refuse): UnconnectedStep {
  const at = (...rest: readonly PropertyKey[]): readonly PropertyKey[] => ['steps', index, ...rest];
  for (const field of personal) {
    if (Object.hasOwn(step.input, field))
      refuse(at('input', field), 'is given by a person on the terminal, never by a runbook');
  }
  const { foreach, when } = step;
  return {
    id: step.id,
    title: step.title ?? step.id,
    server: step.server,
    tool: step.tool,
    input: prepare(step.input, at('input'), refuse),
    when:
      typeof when === 'string'
        ? prepareExpression(when, at('when'), refuse)
        : when === undefined
          ? undefined
          : { kind: 'plain', value: when },
    foreach:
      typeof foreach === 'string'
        ? prepareExpression(foreach, at('foreach'), refuse)
        : foreach && prepare(foreach, at('foreach'), refuse),
    save: Object.entries(step.save).map(
      ([name, text]) => [name, prepareExpression(text, at('save', name), refuse)] as const,
    ),
    timeoutMs: step.timeout * 1000,
    onError: step.onError,
    needs: step.needs,
  };
}
