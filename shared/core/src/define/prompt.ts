import type * as z from 'zod';

/** A prompt a person picks: it names the tools to call and how to read them. */
export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** String fields only, as the protocol has it. */
  readonly arguments: z.ZodObject;
  render(values: Record<string, string>): string;
}

export function definePrompt<Arguments extends z.ZodObject>(
  prompt: Omit<Prompt, 'arguments' | 'render'> & { arguments: Arguments; render(values: z.output<Arguments>): string },
): Prompt {
  return { ...prompt, render: (values) => prompt.render(values as z.output<Arguments>) };
}
