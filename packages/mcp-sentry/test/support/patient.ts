import { connect as connectClient, type FakeClock, fakeClock, tempState, textOf } from '@cinecom/mcp-core/testing';
import { type SentryDouble, type SentryOptions, startSentry } from '@cinecom/testbed';
import { expect, onTestFinished } from 'vitest';
import { connect } from '../../src/backend/connect.ts';
import type { Wait } from '../../src/backend/http/retry.ts';
import { server } from '../../src/server.ts';
import { now } from './frozen.ts';

/** This server over the double, both on clocks that only waiting moves: nothing in a test takes as long as it says. */
export interface PatientBed {
  readonly sentry: SentryDouble;
  readonly clock: FakeClock;
  /** ms of each wait so far, in order. */
  readonly waits: readonly number[];
  /** Text of the answer. @throws Error with the text of a failed one, unless it may fail */
  readonly ask: (
    tool: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly signal?: AbortSignal; readonly mayFail?: boolean },
  ) => Promise<string>;
}

export interface PatientOptions extends SentryOptions {
  readonly argv?: readonly string[];
  /** How changes are confirmed; `never` by default. */
  readonly confirm?: 'never' | 'code';
  readonly env?: Readonly<Record<string, string>>;
  /** Fills the double, and says which DSN the server is given. */
  readonly fill: (sentry: SentryDouble) => string | undefined;
  /** Instead of the wait that moves both clocks at once. */
  readonly wait?: Wait;
}

export async function openPatient({
  argv = [],
  confirm = 'never',
  env,
  fill,
  wait,
  ...options
}: PatientOptions): Promise<PatientBed> {
  const sentry = await startSentry({ now, ...options });
  const clock = fakeClock(now);
  const waits: number[] = [];
  const passing: Wait = async (ms, signal) => {
    signal.throwIfAborted();
    waits.push(ms);
    clock.advance(ms);
    sentry.clock.advance(ms);
  };
  const dsn = fill(sentry);
  const state = await tempState();
  const connected = await connectClient(
    { ...server, connect: (context) => connect(context as Parameters<typeof connect>[0], wait ?? passing) },
    {
      era: 'modern',
      clock,
      argv: [
        '--rate',
        '0',
        '--allow',
        'write',
        '--confirm',
        confirm,
        ...(dsn === undefined ? [] : ['--dsn', dsn]),
        ...argv,
      ],
      env: { SENTRY_URL: sentry.url, SENTRY_AUTH_TOKEN: sentry.token, ...state.env, ...env },
    },
  );
  onTestFinished(async () => {
    await connected.close();
    await state.remove();
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  return {
    sentry,
    clock,
    waits,
    async ask(tool, args = {}, { signal, mayFail = false } = {}) {
      const answer = await connected.client.callTool({ name: tool, arguments: { ...args } }, signal ? { signal } : {});
      if (answer.isError === true && !mayFail) throw new Error(textOf(answer));
      return textOf(answer).replace('Applied without confirmation (--confirm never).\n', '');
    },
  };
}
