import { resolve } from 'node:path';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import { editedText } from '../../analysis/files/patch-service.ts';
import { asksFor, otherChanges } from '../../analysis/resources/model-change.ts';
import type { ComposeModel } from '../../model/compose-model.ts';
import type { FileChange, ResourceChange } from '../../model/resources.ts';
import type { Compose } from '../port.ts';
import { type FileNow, hashOf, readReplaceable, replaceFile } from './replace-file.ts';

const never = new AbortController().signal;

/** The old bytes again. @throws ToolError when somebody has written the file meanwhile */
export type Restore = () => Promise<void>;

/**
 * Changes a file of the project and lets Compose read it: the service must ask for what is wanted, and nothing else may have
 * changed; else the old bytes are put back.
 * @returns how to put them back later
 */
export async function changeFile(
  file: FileChange,
  { service, wanted }: Pick<ResourceChange, 'service' | 'wanted'>,
  { compose, folder }: { readonly compose: Compose; readonly folder: string },
  signal: AbortSignal,
): Promise<Restore> {
  const before = await compose.model(signal);
  const old = await readReplaceable(resolve(folder, file.path));
  if (old.hash !== file.hash) throw changedMeanwhile();
  const bytes = Buffer.from(editedText(old.bytes.toString('utf8'), file.edits));
  await replaceFile(old, bytes);
  const restore = (): Promise<void> => putBack(old, bytes);
  const problem = await problemOf(before, { service, wanted }, compose);
  if (problem === undefined) return restore;
  await restore();
  throw problem;
}

export function changedMeanwhile(): ToolError {
  return new ToolError('backend_conflict', 'the file of the service has changed meanwhile', {
    hint: 'Nothing was written. Ask again: the plan is made anew.',
  });
}

async function putBack(old: FileNow, ours: Buffer): Promise<void> {
  const now = await readReplaceable(old.path);
  if (now.hash !== hashOf(ours)) {
    throw new ToolError(
      'backend_conflict',
      'somebody has written the file of the service meanwhile: it is left as it is',
      {
        applied: 'unknown',
        hint: 'Look at its limits by hand.',
      },
    );
  }
  await replaceFile(old, old.bytes);
}

/** By what Compose makes of the files now. */
async function problemOf(
  before: ComposeModel,
  { service, wanted }: Pick<ResourceChange, 'service' | 'wanted'>,
  compose: Compose,
): Promise<ToolError | undefined> {
  try {
    const after = await compose.model(never);
    const others = otherChanges(before, after, service);
    if (others.length === 0 && asksFor(after.services.get(service)?.limits, wanted)) return undefined;
    return wrong(
      others.length === 0 ? 'its limits are not what was wanted' : `it also changes ${others.slice(0, 3).join(', ')}`,
    );
  } catch (error) {
    if (isToolError(error)) return wrong(error.backendText ?? error.message);
    return wrong('Compose could not be asked');
  }
}

function wrong(why: string): ToolError {
  return new ToolError(
    'backend_error',
    'with the change the files would not mean what was wanted: the file is as before',
    {
      backendText: why,
      hint: 'Change it by hand, or use target live.',
    },
  );
}
