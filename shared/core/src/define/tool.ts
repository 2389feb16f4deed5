import type * as z from 'zod';
import type { Call } from './call.ts';
import type { Json, Plan } from './plan.ts';
import type { Applied } from '../errors/tool-error.ts';

/** What a call can do to the backend. Annotations, listing, gate and audit class derive from it. */
export type Risk = 'read' | 'write' | 'destructive';

interface ToolHead<Input extends z.ZodObject, Output extends z.ZodType> {
  /** `<prefix>_<words a model would search for>`, ≤40 characters, unique over all servers. */
  readonly name: string;
  readonly title: string;
  /** ≤600 characters: what it answers, when to use it, what comes back. */
  readonly description: string;
  /** Further words that a tool search should match. */
  readonly searchHint?: string;
  /** Set on the one triage tool of a server: clients then load it without a search. */
  readonly alwaysLoad?: true;
  /** Overrides `--timeout` upwards or downwards, ms. */
  readonly timeoutMs?: number;
  /** Longest text answer when 8,000 characters are not enough; at most 40,000. */
  readonly budgetChars?: number;
  readonly input: Input;
  readonly output: Output;
  /** Compact Markdown for the model: verdict first. Pure. */
  render(output: z.output<Output>, input: z.output<Input>): string;
}

export interface ReadTool<Input extends z.ZodObject, Output extends z.ZodType, Backend, Settings> extends ToolHead<
  Input,
  Output
> {
  readonly risk: 'read';
  handle(input: z.output<Input>, call: Call<Backend, Settings>): Promise<z.input<Output>> | z.input<Output>;
}

/** Only a write that only adds may skip confirmation: still gated, limited and audited. */
type Confirmed =
  { readonly risk: 'write'; readonly confirm?: false } | { readonly risk: 'destructive'; readonly confirm?: never };

export type ChangeTool<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Observed extends Json,
  Backend,
  Settings,
> = Confirmed & ChangeSteps<Input, Output, Observed, Backend, Settings>;

interface ChangeSteps<
  Input extends z.ZodObject,
  Output extends z.ZodType,
  Observed extends Json,
  Backend,
  Settings,
> extends ToolHead<Input, Output> {
  /** Looks and describes; never changes. No steps = nothing to do. */
  plan(input: z.output<Input>, call: Call<Backend, Settings>): Promise<Plan<Observed>>;
  /** Performs exactly the plan's steps, then looks whether it worked. */
  apply(plan: Plan<Observed>, call: Call<Backend, Settings>): Promise<z.input<Output>>;
  /** After a timeout of `apply`, where an unchanged plan cannot tell: was it applied? */
  settle?(plan: Plan<Observed>, call: Call<Backend, Settings>): Promise<Applied>;
}

/** A tool as a value, input and output types erased: lists, docs and tests use it without a client. */
export interface Tool<Backend = never, Settings = never> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly risk: Risk;
  readonly searchHint: string | undefined;
  readonly alwaysLoad: boolean;
  readonly timeoutMs: number | undefined;
  readonly budgetChars: number | undefined;
  /** False only for a write that only adds. Always false for reads. */
  readonly confirms: boolean;
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  readonly body: ToolBody<Backend, Settings>;
  render(output: unknown, input: unknown): string;
}

export type ToolBody<Backend, Settings> =
  | { readonly kind: 'read'; handle(input: unknown, call: Call<Backend, Settings>): Promise<unknown> }
  | {
      readonly kind: 'change';
      plan(input: unknown, call: Call<Backend, Settings>): Promise<Plan>;
      apply(plan: Plan, call: Call<Backend, Settings>): Promise<unknown>;
      settle: ((plan: Plan, call: Call<Backend, Settings>) => Promise<Applied>) | undefined;
    };

export interface DefineTool<Backend, Settings> {
  <Input extends z.ZodObject, Output extends z.ZodType>(
    spec: ReadTool<Input, Output, Backend, Settings>,
  ): Tool<Backend, Settings>;
  <Input extends z.ZodObject, Output extends z.ZodType, Observed extends Json>(
    spec: ChangeTool<Input, Output, Observed, Backend, Settings>,
  ): Tool<Backend, Settings>;
}

type AnySpec<Backend, Settings> =
  ReadTool<z.ZodObject, z.ZodType, Backend, Settings> | ChangeTool<z.ZodObject, z.ZodType, Json, Backend, Settings>;

/** The `defineTool` of one server: binds the backend and settings types once. */
export function toolsFor<Backend, Settings = unknown>(): DefineTool<Backend, Settings> {
  return (spec: AnySpec<Backend, Settings>): Tool<Backend, Settings> => ({
    name: spec.name,
    title: spec.title,
    description: spec.description,
    risk: spec.risk,
    searchHint: spec.searchHint,
    alwaysLoad: spec.alwaysLoad ?? false,
    timeoutMs: spec.timeoutMs,
    budgetChars: spec.budgetChars,
    confirms: spec.risk !== 'read' && spec.confirm !== false,
    input: spec.input,
    output: spec.output,
    body: bodyOf(spec),
    render: (output, input) => spec.render(output, input as never),
  });
}

function bodyOf<Backend, Settings>(spec: AnySpec<Backend, Settings>): ToolBody<Backend, Settings> {
  if (spec.risk === 'read') {
    return { kind: 'read', handle: async (input, call) => spec.handle(input as never, call) };
  }
  return {
    kind: 'change',
    plan: (input, call) => spec.plan(input as never, call),
    apply: (plan, call) => spec.apply(plan, call),
    settle: spec.settle && ((plan, call) => spec.settle!(plan, call)),
  };
}
