import type { BackgroundContext } from '@cinecom/mcp-core';
import type { ComposeSettings } from '../settings.ts';
import { alone } from './alone.ts';
import type { ComposeBackend } from './port.ts';
import { projectKey } from './project-key.ts';
import { sampleLoop } from './samples/sample-loop.ts';
import { openSampleStore } from './samples/sample-store.ts';

const daemonSampleSeconds = 15;

/** What goes on while a server or daemon stays: samples of what replicas use, where the settings ask for them. */
export async function background(
  { engine, compose }: ComposeBackend,
  { settings, state, signal, clock, log, isDaemon }: BackgroundContext<ComposeSettings>,
): Promise<void> {
  const seconds = settings.sampleSeconds ?? (isDaemon ? daemonSampleSeconds : 0);
  if (seconds === 0) return;
  const [name, info] = await Promise.all([compose.projectName(signal), engine.info(signal)]);
  const key = projectKey({ name, engine: info.id });
  const { append } = openSampleStore(state.store, key);
  const loop = { engine, everyMs: seconds * 1000, append, now: () => clock.now(), log };
  await alone(state, `samples-${key}`, () => sampleLoop(loop, signal), signal);
}
