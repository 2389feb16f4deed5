import type { CheckRow } from '../define/server.ts';
import type { Session } from './session.ts';

/** Under `--transport http`: whether a server would listen, where, and who is let in. */
export async function httpRows({ core, loaded, world }: Session): Promise<readonly CheckRow[]> {
  if (core.transport !== 'http') return [];
  const { readSettings } = await import('../serve/http/read-settings.ts');
  const read = await readSettings(loaded, { cwd: world.cwd, env: world.env });
  const check = 'HTTP';
  if (read.kind === 'problems')
    return read.problems.map(({ text, fix }) => ({ check, status: 'failed', detail: text, fix }));
  const { host, port, tokens, oauth } = read.config;
  const callers = [tokens && 'tokens', oauth && 'OAuth'].filter((way) => way !== undefined).join(' and ');
  const where = `${read.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}/mcp`;
  const detail = `would listen on ${where}, callers by ${callers || 'nothing: everybody on this machine'}`;
  if (callers !== '') return [{ check, status: 'ok', detail }];
  const fix = 'Set MCP_AUTH_TOKEN, for example to the output of: openssl rand -hex 32';
  return [{ check, status: 'warning', detail, fix }];
}
