import type { BackgroundContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import type { ComposeBackend } from './port.ts';

/** What goes on while the process stays: recording what the engine forgets, events and what replicas use. */
export async function background(
  { history, samples }: Pick<ComposeBackend, 'history' | 'samples'>,
  context: BackgroundContext<ComposeSettings>,
): Promise<void> {
  await Promise.all([history.record(context), samples.record(context)]);
}
