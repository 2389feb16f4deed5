import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { binary } from './operator.ts';

/** `mcp-postgres-admin verify` over the demo's own audit folder. @throws Error when the trail does not verify */
export async function verifyTrail(env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [binary, 'verify'], { env: { ...env } });
  return stdout.trim();
}
