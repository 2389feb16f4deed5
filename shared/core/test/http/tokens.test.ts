import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { codeOf, errorOf, textOf } from '../../src/testing/client.ts';
import { fakeClock } from '../../src/testing/clock.ts';
import { modernCall, startNotebook } from './notebook-http.ts';
import { raw, rawCall } from './raw.ts';

const newToken = () => randomBytes(24).toString('base64url');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('MCP_AUTH_TOKEN', () => {
  test('without it, with a wrong one or in another scheme nothing is called, and each is recorded without it', async () => {
    const [token, wrong] = [newToken(), newToken()];
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: token } });
    const none = await rawCall(served.port);
    expect(none).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    const guessed = await rawCall(served.port, bearer(wrong));
    expect(guessed.status).toBe(401);
    expect(guessed.headers['www-authenticate']).toContain('error="invalid_token"');
    expect((await rawCall(served.port, { authorization: `Basic ${token}` })).status).toBe(401);
    expect((await rawCall(served.port, bearer(token.slice(0, -1)))).status).toBe(401);
    expect((await rawCall(served.port, bearer(token))).status).toBe(200);
    const events = await served.events();
    expect(events.filter(({ type }) => type === 'auth')).toHaveLength(4);
    expect(JSON.stringify(events)).not.toContain(wrong);
    expect(events.find(({ type }) => type === 'call')?.actor).toMatchObject({ sub: 'token:default', auth: 'token' });
  });

  test('a token in the query string is not looked at', async () => {
    const token = newToken();
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: token } });
    expect((await rawCall(served.port, {}, { path: `/mcp?access_token=${token}` })).status).toBe(401);
  });

  test('an old and a new token of one name are valid at once, each capped by its ceiling', async () => {
    const [old, fresh, reader] = [newToken(), newToken(), newToken()];
    const env = { MCP_AUTH_TOKEN: `ops:destructive:${old}, ops:destructive:${fresh},looker:read:${reader}` };
    await using served = await startNotebook({ argv: ['--allow', 'write'], env });
    const args = { name: 'third', text: 'three' };
    for (const token of [old, fresh]) {
      const client = await served.client('modern', token);
      expect((await client.callTool({ name: 'note_add', arguments: args })).isError).toBeUndefined();
    }
    const looker = await served.client('modern', reader);
    const refused = await looker.callTool({ name: 'note_add', arguments: args });
    expect(errorOf(refused)?.code).toBe('not_allowed');
    expect(textOf(refused)).toContain('MCP_AUTH_TOKEN');
    expect(textOf(await looker.callTool({ name: 'note_list', arguments: {} }))).toContain('3 notes');
    const subjects = (await served.events()).flatMap(({ actor }) => actor?.sub ?? []);
    expect(new Set(subjects)).toEqual(new Set(['token:ops', 'token:looker']));
    expect((await served.events()).find(({ actor }) => actor?.sub === 'token:ops')?.actor?.role).toBe('write');
  });

  test('a plan code is good for its own caller only', async () => {
    const [alice, bob] = [newToken(), newToken()];
    const env = { MCP_AUTH_TOKEN: `alice:destructive:${alice},bob:destructive:${bob}` };
    await using served = await startNotebook({ argv: ['--allow', 'destructive'], env });
    const [first, second] = [await served.client('modern', alice), await served.client('legacy', bob)];
    const confirm = codeOf(await first.callTool({ name: 'note_delete', arguments: { name: 'first' } }));
    const stolen = await second.callTool({ name: 'note_delete', arguments: { name: 'first', confirm } });
    expect(errorOf(stolen)?.code).toBe('confirm_invalid');
    expect(served.notebook.notes.has('first')).toBe(true);
    const own = await first.callTool({ name: 'note_delete', arguments: { name: 'first', confirm } });
    expect(own.isError).toBeUndefined();
  });

  test('what a note says of a token is redacted', async () => {
    const token = newToken();
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: `ops:read:${token}` } });
    served.notebook.notes.set('leak', `it is ${token}`);
    const { body, headers } = modernCall('note_list');
    const answer = await served.post(body, { ...headers, ...bearer(token) });
    expect(await answer.text()).not.toContain(token);
  });

  test('after ten failures an address is told to slow down, yet a right token is served', async () => {
    const clock = fakeClock();
    const token = newToken();
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: token }, clock });
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt += 1)
      statuses.push((await rawCall(served.port, bearer('guess'))).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    expect((await rawCall(served.port, bearer(token))).status).toBe(200);
    clock.advance(60_000);
    expect((await rawCall(served.port, bearer('guess'))).status).toBe(401);
    const failures = (await served.events()).filter(({ type }) => type === 'auth');
    expect(failures).toHaveLength(11);
    expect(failures.at(-1)?.detail).toEqual({ why: 'the token is not known', unrecorded: 2 });
  });

  test('lists are private to callers who prove who they are', async () => {
    const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: modernCall('x').body.params._meta } };
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' };
    const token = newToken();
    await using guarded = await startNotebook({ env: { MCP_AUTH_TOKEN: token } });
    const answer = await guarded.post(list, { ...headers, ...bearer(token) });
    expect(await answer.json()).toMatchObject({ result: { cacheScope: 'private' } });
    await using open = await startNotebook();
    expect(await (await open.post(list, headers)).json()).toMatchObject({ result: { cacheScope: 'public' } });
  });

  test('without a token on loopback, /metrics is open too', async () => {
    const metrics = { contentType: 'text/plain', text: async () => 'up 1' };
    await using served = await startNotebook({ env: { MCP_AUTH_TOKEN: newToken() }, metrics });
    expect((await raw({ port: served.port, path: '/metrics' })).status).toBe(200);
  });
});
