import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own for one test, as `CINECOM_STATE_DIR`. */
export interface TempState extends AsyncDisposable {
  readonly dir: string;
  /** To be handed to `connect` or `spawnServer`. */
  readonly env: { readonly CINECOM_STATE_DIR: string };
  remove(): Promise<void>;
}

export async function tempState(): Promise<TempState> {
  const dir = await mkdtemp(join(tmpdir(), 'cinecom-'));
  // What a closed server had already asked the file system for may still arrive.
  const remove = () => rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  return { dir, env: { CINECOM_STATE_DIR: dir }, remove, [Symbol.asyncDispose]: remove };
}
