import type { BackgroundContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import type { ComposeBackend } from './port.ts';

/** What goes on while the process stays: several parts side by side, each ends with the signal. */
export async function background(
  { history }: Pick<ComposeBackend, 'history'>,
  context: BackgroundContext<ComposeSettings>,
): Promise<void> {
  const parts = [history.record(context)];
  await Promise.all(parts);
}
