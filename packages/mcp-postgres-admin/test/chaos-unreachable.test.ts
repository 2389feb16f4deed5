import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { uniqueName } from '@cinecom/testbed';
import { describeWith } from '@cinecom/testbed/vitest';
import { errorOf, textOf } from '@cinecom/mcp-core/testing';
import { describe, expect, it } from 'vitest';
import { type BinaryClient, filesBelow, openBinary } from './support/binary.ts';

const eras = ['modern', 'legacy'] as const;

/** A port where nothing listens: one that was free a moment ago. */
async function deadPort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}

/** Lists its tools, calls one of each kind, and nowhere is the password. @returns code and text of the first answer */
async function expectHelp(client: BinaryClient, password: string): Promise<{ code: string | undefined; text: string }> {
  const { tools } = await client.server.client.listTools();
  expect(tools.map(({ name }) => name)).toContain('pg_overview');
  const answers = [
    await client.call('pg_overview'),
    await client.call('pg_query', { sql: 'SELECT 1' }),
    await client.call('pg_locks'),
  ];
  const texts = answers.map((answer) => JSON.stringify(answer));
  for (const [index, answer] of answers.entries()) {
    expect(answer.isError, texts[index]).toBe(true);
    expect(errorOf(answer)?.code).toBe(errorOf(answers[0]!)?.code);
  }
  await client.server.close();
  const files = await filesBelow(client.state.dir);
  expect([...files.values()].join('')).toContain('"tool":"pg_overview"');
  for (const text of [...texts, client.server.stderr(), ...files.values()]) expect(text).not.toContain(password);
  return { code: errorOf(answers[0]!)?.code, text: textOf(answers[0]!) };
}

describe.each(eras)('without a database to reach, in the %s era', (era) => {
  it('names the setting, the command and an example when there is no address', async () => {
    await using client = await openBinary(undefined, { era });
    const { code, text } = await expectHelp(client, randomBytes(9).toString('hex'));
    expect(code).toBe('not_configured');
    expect(text).toContain('DATABASE_URL');
    expect(text).toContain('--connection');
  });

  it('says that nothing listens on a dead port', async () => {
    const password = randomBytes(9).toString('hex');
    const port = await deadPort();
    await using client = await openBinary(`postgresql://reader:${password}@127.0.0.1:${port}/cinema`, { era });
    const { code, text } = await expectHelp(client, password);
    expect(code).toBe('backend_unreachable');
    expect(text).toContain(`127.0.0.1:${port}/cinema refuses connections`);
    expect(text).toContain('DATABASE_URL');
  });
});

describeWith({ auth: 'scram' }, 'with a database that asks for passwords', (bed) => {
  it.each(eras)('names what to check when the password is wrong, in the %s era', async (era) => {
    const role = uniqueName('reader');
    await bed.server().createRole(role, { password: randomBytes(9).toString('hex'), grants: ['pg_monitor'] });
    const wrong = randomBytes(9).toString('hex');
    const { host, port } = bed.server();
    await using client = await openBinary(`postgresql://${role}:${wrong}@${host}:${port}/${bed.database()}`, { era });
    const { code, text } = await expectHelp(client, wrong);
    expect(code).toBe('backend_auth');
    expect(text).toContain('28P01');
    expect(text).toContain('Check user, password and database of DATABASE_URL');
    await bed.server().dropRole(role);
  });

  it.each(eras)('names the database that does not exist, in the %s era', async (era) => {
    const role = uniqueName('reader');
    const password = randomBytes(9).toString('hex');
    await bed.server().createRole(role, { password, grants: ['pg_monitor'] });
    await using client = await openBinary(bed.server().url(role, 'nowhere'), { era });
    const { code, text } = await expectHelp(client, password);
    expect(code).toBe('backend_not_found');
    expect(text).toContain('nowhere');
    await bed.server().dropRole(role);
  });

  it('works once the password is right', async () => {
    const role = uniqueName('reader');
    const password = randomBytes(9).toString('hex');
    await bed.server().createRole(role, { password, grants: ['pg_monitor', 'pg_read_all_data'] });
    await using client = await openBinary(bed.server().url(role, bed.database()));
    expect(await client.ask('pg_query', { sql: 'SELECT current_user::text AS me' })).toContain(role);
    await client.server.close();
    await bed.server().dropRole(role);
  });
});
