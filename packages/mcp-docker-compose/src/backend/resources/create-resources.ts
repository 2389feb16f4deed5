import { resolve } from 'node:path';
import { ToolError, isToolError } from '@cinecom/mcp-core';
import type { ResourceChange, Resources } from '../../model/resources.ts';
import type { ReplicaChange } from '../../model/replica-changes.ts';
import type { RolloutControl } from '../../model/rollouts.ts';
import type { Surroundings } from '../rollout/create-world.ts';
import { keyOf } from '../project-key.ts';
import { lockOf } from '../rollout/store.ts';
import { changedMeanwhile, changeFile, type Restore } from './change-file.ts';
import { changeLive } from './change-live.ts';
import { hashOf, readReplaceable } from './replace-file.ts';

const never = new AbortController().signal;

/** Limits of services of the project; under the lock that rollouts use too. @param folder of the project */
export function createResources(around: Surroundings, folder: () => string): Resources {
  return {
    async fileHash({ path, text }) {
      const { hash } = await readReplaceable(resolve(folder(), path));
      if (hash !== hashOf(Buffer.from(text))) throw changedMeanwhile();
      return hash;
    },
    async change(state, change, control) {
      const lock = lockOf(await keyOf(around, never));
      return state.exclusive(lock, () => changeBoth(change, around, folder(), control));
    },
  };
}

/** The file first: that is where something is refused before any replica is touched. */
async function changeBoth(
  change: ResourceChange,
  around: Surroundings,
  folder: string,
  control: RolloutControl,
): Promise<readonly ReplicaChange[]> {
  const { compose } = around;
  const restore = change.file && (await changeFile(change.file, change, { compose, folder }, control.signal));
  try {
    return await changeLive(change, around, control);
  } catch (error) {
    throw restore === undefined ? error : await withFile(error, restore);
  }
}

/** The file goes back with the replicas; that it cannot is told. */
async function withFile(error: unknown, restore: Restore): Promise<unknown> {
  try {
    await restore();
    return error;
  } catch (second) {
    if (!isToolError(error) || !isToolError(second)) return error;
    return new ToolError(error.code, `${error.message}; the file keeps the new limits`, {
      applied: 'unknown',
      hint: [error.hint, second.message].filter((text) => text !== undefined).join(' '),
      ...(error.backendText === undefined ? {} : { backendText: error.backendText }),
      cause: second,
    });
  }
}
