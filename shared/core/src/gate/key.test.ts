import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lazyKey } from './key.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-'));
});
afterEach(() => rm(folder, { recursive: true }));

const none = { encryptionKey: undefined, auditKey: undefined };

describe('the key of the gate', () => {
  it('is the same for one secret in hex and base64, and another for each purpose', async () => {
    const secret = randomBytes(32);
    const hex = await lazyKey({ ...none, auditKey: secret.toString('hex') }, folder)();
    expect(await lazyKey({ ...none, encryptionKey: secret.toString('base64') }, folder)()).toEqual(hex);
    expect(await lazyKey({ ...none, encryptionKey: secret.toString('base64url') }, folder)()).toEqual(hex);
    expect(await lazyKey({ ...none, auditKey: secret.toString('hex') }, folder, 'cursor')()).not.toEqual(hex);
  });

  it('prefers MCP_ENCRYPTION_KEY to AUDIT_LOG_KEY, and both to a file', async () => {
    const [first, second] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const both = await lazyKey({ encryptionKey: first, auditKey: second }, folder)();
    expect(both).toEqual(await lazyKey({ encryptionKey: first, auditKey: undefined }, folder)());
    expect(both).not.toEqual(await lazyKey({ encryptionKey: undefined, auditKey: second }, folder)());
    expect(await lazyKey(none, folder)()).toEqual(await lazyKey(none, folder)());
  });

  it('is tried again after a folder that could not be written became writable', async () => {
    const state = join(folder, 'blocked', 'state');
    await writeFile(join(folder, 'blocked'), '');
    const key = lazyKey(none, state);
    await expect(key()).rejects.toMatchObject({ code: 'state_unavailable', applied: 'no', retryable: true });
    await rm(join(folder, 'blocked'));
    expect(await key()).toHaveLength(32);
  });

  it('is not made up from a damaged file', async () => {
    await writeFile(join(folder, 'gate.key'), 'half a k');
    await expect(lazyKey(none, folder)()).rejects.toMatchObject({ code: 'state_unavailable' });
  });
});
