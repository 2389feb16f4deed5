import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type BuiltClient, type BuiltOptions, openBuilt } from '@cinecom/mcp-core/testing';
import type { SentryDouble } from '@cinecom/testbed';

/** What is published, as `npm run build` leaves it. */
export const binary = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

type Where = Pick<SentryDouble, 'url' | 'token'>;

const environmentOf = ({ url, token }: Where) => ({ SENTRY_URL: url, SENTRY_AUTH_TOKEN: token });

/** The built server against a Sentry. */
export async function openBinary(sentry: Where, options: BuiltOptions = {}): Promise<BuiltClient> {
  return openBuilt(binary, { ...options, env: { ...environmentOf(sentry), ...options.env } });
}

export interface CommandOptions {
  /** The whole environment beside the address and the token, `CINECOM_STATE_DIR` among it. */
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command of the built server, as a shell runs it. */
export async function runCommand(
  sentry: Where,
  argv: readonly string[],
  { env, input = '' }: CommandOptions,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [binary, ...argv], { env: { ...environmentOf(sentry), ...env } });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: Number(code), stdout, stderr };
}
