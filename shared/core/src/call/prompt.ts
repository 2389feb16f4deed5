import type { Prompt } from '../define/prompt.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import { nearestOf } from './find.ts';
import { asToolError, errorMeta, errorText } from './error-text.ts';
import { cleanText } from './present.ts';
import { osPrincipal } from './principal.ts';
import type { CallOrigin, ErrorMeta } from './request.ts';
import type { Runtime } from './runtime.ts';

export type RenderedPrompt =
  | { readonly kind: 'prompt'; readonly description: string; readonly text: string }
  | { readonly kind: 'error'; readonly text: string; readonly error: ErrorMeta };

interface PromptListing {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: { name: string; description?: string; required: boolean }[];
}

const longestArguments = 64 * 1024;

export function listPrompts(prompts: readonly Prompt[]): PromptListing[] {
  return prompts.map((prompt) => ({
    name: prompt.name,
    title: prompt.title,
    description: prompt.description,
    arguments: Object.entries(prompt.arguments.shape).map(([name, field]) => ({
      name,
      ...(field.description === undefined ? {} : { description: field.description }),
      required: !field.safeParse(undefined).success,
    })),
  }));
}

/** A prompt takes the steps of a call that apply to it: find, limit, validate, redact, firewall, audit. Never rejects. */
export async function getPrompt(
  runtime: Runtime,
  request: {
    readonly name: string;
    readonly args: Readonly<Record<string, string>>;
    readonly principal?: Principal;
    readonly origin: CallOrigin;
  },
): Promise<RenderedPrompt> {
  const parts = await runtime.parts();
  const principal = request.principal ?? osPrincipal(runtime.core.allow);
  const { transport, era, ip } = request.origin;
  const note = (result: 'success' | 'failure', code?: string) =>
    runtime.note({
      type: 'prompt',
      actor: { sub: principal.id, role: principal.ceiling, ...(principal.auth ? { auth: principal.auth } : {}) },
      origin: { transport, ...(ip ? { ip } : {}), ...(era ? { era } : {}) },
      action: { server: runtime.server.name, tool: parts.redactor.line(request.name.slice(0, 200)) },
      outcome: { result, ...(code === undefined ? {} : { code }) },
    });
  try {
    runtime.limits.take('prompts/get', 'read', principal.id);
    if (JSON.stringify(request.args).length > longestArguments) {
      throw new ToolError('too_large', `the arguments have more than ${longestArguments} characters`);
    }
    const prompt = findPrompt(runtime.server.prompts ?? [], request.name);
    const parsed = prompt.arguments.safeParse(request.args);
    if (!parsed.success) throw new ToolError('invalid_input', wrongArguments(prompt, parsed.error.issues));
    const text = await cleanText(parts, runtime.server.title, prompt.render(parsed.data as Record<string, string>));
    await note('success');
    return { kind: 'prompt', description: prompt.description, text: text.value };
  } catch (error) {
    const known = asToolError(error, 'prompt');
    const text = await cleanText(parts, runtime.server.title, errorText(known, false));
    await note('failure', known.code);
    return { kind: 'error', text: text.value, error: errorMeta(known) };
  }
}

function findPrompt(prompts: readonly Prompt[], name: string): Prompt {
  const found = prompts.find((prompt) => prompt.name === name);
  if (found) return found;
  const names = prompts.map((prompt) => prompt.name);
  throw new ToolError('invalid_input', 'no prompt of this server has that name', { hint: nearestOf(name, names) });
}

function wrongArguments(prompt: Prompt, issues: readonly { readonly path: readonly PropertyKey[] }[]): string {
  const wrong = [...new Set(issues.map((issue) => String(issue.path[0] ?? 'arguments')))];
  return `wrong or missing: ${wrong.join(', ')}; it takes: ${Object.keys(prompt.arguments.shape).join(', ')}`;
}
