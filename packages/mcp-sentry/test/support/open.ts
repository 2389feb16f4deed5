import { openConnected, type ConnectedClient } from '@cinecom/mcp-core/testing';
import { type SentryDouble, type SentryOptions, startSentry } from '@cinecom/testbed';
import { expect, onTestFinished } from 'vitest';
import { server } from '../../src/server.ts';

/** This server over the double of Sentry. */
export interface Bed {
  readonly sentry: SentryDouble;
  readonly client: ConnectedClient;
}

/** Both end with the test, which fails where a request or an answer broke the API's contract. */
export async function openBed(
  options: SentryOptions & {
    readonly argv?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Fills the double before the server is asked. */
    readonly fill?: (sentry: SentryDouble) => void;
  } = {},
): Promise<Bed> {
  const { argv, env, fill, ...rest } = options;
  const sentry = await startSentry(rest);
  fill?.(sentry);
  const client = await openConnected(server, {
    ...(argv === undefined ? {} : { argv }),
    env: { SENTRY_URL: sentry.url, SENTRY_AUTH_TOKEN: sentry.token, ...env },
  });
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await sentry.stop();
    expect(sentry.violations).toEqual([]);
  });
  return { sentry, client };
}
