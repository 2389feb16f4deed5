import { describe, expect, test } from 'vitest';
import { codeOf, type Era, errorOf, textOf } from '../../src/testing/client.ts';
import { modernCall, startNotebook } from './notebook-http.ts';

const eras: readonly Era[] = ['modern', 'legacy'];

describe.each(eras)('a client of the %s era', (era) => {
  test('lists and calls, and the record says who, from where and how', async () => {
    await using served = await startNotebook();
    const client = await served.client(era);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('note_list');
    const result = await client.callTool({ name: 'note_list', arguments: {} });
    expect(textOf(result)).toContain('2 notes');
    const call = (await served.events()).find(({ type }) => type === 'call');
    expect(call?.actor).toMatchObject({ sub: 'anonymous', role: 'read', auth: 'none' });
    expect(call?.origin).toMatchObject({ transport: 'http', ip: '127.0.0.1', era });
  });

  test('changes by plan and code, once', async () => {
    await using served = await startNotebook({ argv: ['--allow', 'destructive'] });
    const client = await served.client(era);
    const args = { name: 'first' };
    const planned = await client.callTool({ name: 'note_delete', arguments: args });
    expect(served.notebook.notes.has('first')).toBe(true);
    const confirm = codeOf(planned);
    const applied = await client.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
    expect(textOf(applied)).toContain('Deleted. 1 notes left.');
    const again = await client.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
    expect(errorOf(again)?.code).toBe('confirm_used');
  });

  test('sees progress of its call', async () => {
    await using served = await startNotebook();
    const client = await served.client(era);
    const seen: number[] = [];
    const result = await client.callTool(
      { name: 'note_count', arguments: { lines: 3 } },
      { onprogress: ({ progress }) => void seen.push(progress) },
    );
    expect(textOf(result)).toContain('line 3 of 3');
    expect(seen).toEqual([1]);
  });
});

test('a modern client is asked by a form, a client of 2025 gets the code: without a connection it shows no form', async () => {
  await using served = await startNotebook({ argv: ['--allow', 'destructive'] });
  const asked: string[] = [];
  const elicit = ({ schema }: { readonly schema: Readonly<Record<string, unknown>> }) => {
    const [field = ''] = Object.keys(schema['properties'] as object);
    asked.push(field);
    return { action: 'accept' as const, content: { [field]: 'first' } };
  };
  const modern = await served.client('modern', undefined, elicit);
  const deleted = await modern.callTool({ name: 'note_delete', arguments: { name: 'first' } });
  expect(textOf(deleted)).toContain('Deleted. 1 notes left.');
  expect(asked).toHaveLength(1);
  const legacy = await served.client('legacy', undefined, elicit);
  expect(codeOf(await legacy.callTool({ name: 'note_delete', arguments: { name: 'second' } }))).toMatch(/^plan_/);
  expect(asked).toHaveLength(1);
});

test('one call after another works without any connection state', async () => {
  await using served = await startNotebook();
  const { body, headers } = modernCall('note_list', {}, 'only');
  const response = await served.post(body, headers);
  expect(response.headers.get('content-type')).toContain('application/json');
  expect(await response.json()).toMatchObject({ id: 'only', result: { content: [{ type: 'text' }] } });
});
