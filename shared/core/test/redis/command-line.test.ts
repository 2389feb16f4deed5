import { randomBytes } from 'node:crypto';
import { describeWithRedis } from '@cinecom/testbed/vitest';
import { expect, it, onTestFinished } from 'vitest';
import { fromBase32, oneTimePassword } from '../../src/gate/totp.ts';
import { codeOf, errorOf, textOf } from '../../src/testing/client.ts';
import { openShell } from '../fixtures/cli-world.ts';
import { createNotebook, notebookServer } from '../fixtures/notebook.ts';
import { startNotebook } from '../http/notebook-http.ts';

const secret = 'ABCD'.repeat(5);
const passwordOf = (now: number): string =>
  oneTimePassword(fromBase32(secret) ?? Buffer.alloc(0), Math.floor(now / 30_000));

describeWithRedis({ password: 'of-the-replicas' }, 'the command line beside replicas', ({ server }) => {
  const settings = () => ({
    MCP_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
    MCP_STATE_REDIS_URL: server().url,
    MCP_APPROVAL_TOTP: `anna:${secret}`,
  });
  const shellOf = async () => {
    const shell = await openShell();
    onTestFinished(() => shell[Symbol.asyncDispose]());
    return shell;
  };

  it('approves a plan of a server that runs elsewhere', async () => {
    let now = Date.now();
    const clock = { now: () => now };
    const env = settings();
    const argv = ['--allow', 'destructive'];
    const served = await startNotebook({ env, argv, clock });
    onTestFinished(() => served[Symbol.asyncDispose]());
    const client = await served.client('modern');
    const args = { name: 'first' };
    const confirm = codeOf(await client.callTool({ name: 'note_delete', arguments: args }));
    const early = await client.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
    expect(errorOf(early)?.code).toBe('approval_required');
    now += 120_000;
    const shell = await shellOf();
    const notebook = notebookServer(createNotebook());
    const command = ['approve', confirm, '--transport', 'http'];
    const approved = await shell.run(notebook, command, { env, clock, typed: [passwordOf(now)] });
    expect(approved.err).toContain('note_delete');
    expect(approved.out).toContain('anna approved note_delete.');
    const applied = await client.callTool({ name: 'note_delete', arguments: { ...args, confirm } });
    expect(textOf(applied)).toContain('Deleted. 1 notes left.');
    const alone = await shell.run(notebook, ['approve', confirm], { env, clock, typed: [passwordOf(now)] });
    expect(alone.err).toContain('--transport http and MCP_STATE_REDIS_URL');
  });

  it('says in check whether the shared state can be used', async () => {
    const shell = await shellOf();
    const notebook = notebookServer(createNotebook());
    const { MCP_ENCRYPTION_KEY, ...rest } = settings();
    const command = ['check', '--transport', 'http'];
    const right = await shell.run(notebook, command, { env: { ...rest, MCP_ENCRYPTION_KEY } });
    expect(right.out).toMatch(/ok +shared state +its Redis is written/);
    const keyless = await shell.run(notebook, command, { env: rest });
    expect(keyless.out).toMatch(/warning +shared state +.*refuses codes of the others/);
    const url = server().url.replace('of-the-replicas', 'something-else');
    const wrong = await shell.run(notebook, command, { env: { ...rest, MCP_STATE_REDIS_URL: url } });
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/FAILED +shared state +.*refused the login/);
    expect(wrong.out + wrong.err + right.out).not.toMatch(/something-else|of-the-replicas/);
    expect((await shell.run(notebook, ['check'], { env: rest })).out).not.toContain('shared state');
  });
});
