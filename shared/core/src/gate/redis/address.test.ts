import { describe, expect, it } from 'vitest';
import { isToolError } from '../../errors/tool-error.ts';
import { parseRedisAddress } from './address.ts';

function refusal(text: string): string {
  try {
    parseRedisAddress(text);
  } catch (error) {
    if (isToolError(error)) return `${error.code}: ${error.message}. ${error.hint}`;
    throw error;
  }
  return 'accepted';
}

describe('MCP_STATE_REDIS_URL', () => {
  it('names host and port, TLS, user and password, and the database', () => {
    expect(parseRedisAddress('redis://state')).toEqual({
      tls: false,
      host: 'state',
      port: 6379,
      username: undefined,
      password: undefined,
      database: 0,
    });
    expect(parseRedisAddress('rediss://replica:a%40b%2F@[::1]:7000/12')).toEqual({
      tls: true,
      host: '::1',
      port: 7000,
      username: 'replica',
      password: 'a@b/',
      database: 12,
    });
    expect(parseRedisAddress('redis://:only-a-word@state/').password).toBe('only-a-word');
  });

  it.each([
    ['nothing of an address', 'no address'],
    ['redis:///1', 'names no host'],
    ['redis://user:hunter2@state/one', 'is no number'],
    ['redis://user:hunter2@state/1/2', 'is no number'],
    ['redis://user:hunter2@state?db=1', 'after ? or #'],
    ['redis://user@state', 'a user and no password'],
    ['redis://user:100%hunter2@state', 'percent-encoded'],
  ])('%s is refused, and not shown', (text, why) => {
    const refused = refusal(text);
    expect(refused).toMatch(/^not_configured: /);
    expect(refused).toContain(why);
    expect(refused).not.toMatch(/hunter2|user@|state[/?]/);
  });
});
