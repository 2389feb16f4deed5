import { readFile } from 'node:fs/promises';
import { isToolError, ToolError } from '@cinecom/mcp-core';
import type { RuleEdits, RuleFileChange } from '../../model/rule-edit.ts';
import { reloadAndLook, type ReloadSurroundings } from './reload.ts';
import { changed, hashOf, stageFile } from './replace-file.ts';
import { runProgram } from './run-program.ts';

/** Of reload, verification and, where it comes to that, the way back: nobody may stop half-way. */
const finishMs = 40_000;

export function createRuleEdits(around: ReloadSurroundings): RuleEdits {
  return {
    reload: async (signal) => (await reloadAndLook(around, undefined, signal)).reloadedBy,
    async changeRuleFile(change, signal) {
      const before = await readUnchanged(change);
      const staged = await stageFile(change.path, change.text);
      let checkedByPromtool: boolean;
      try {
        checkedByPromtool = await checkByPromtool(staged.path, signal);
        signal.throwIfAborted();
        await staged.commit(change.expectedHash);
      } catch (error) {
        await staged.discard();
        throw error;
      }
      // From here on it is finished or taken back, whoever gives up on the call.
      try {
        const done = await reloadAndLook(around, change.expected, AbortSignal.timeout(finishMs));
        return { ...done, hash: hashOf(change.text), checkedByPromtool };
      } catch (error) {
        throw await takenBack(around, { path: change.path, before, written: change.text }, error);
      }
    },
  };
}

async function readUnchanged({ path, expectedHash }: RuleFileChange): Promise<string> {
  const content = await readFile(path);
  if (hashOf(content) === expectedHash) return content.toString('utf8');
  throw changed();
}

/** @returns false where promtool is not on the PATH. @throws ToolError `invalid_input` where it refuses */
async function checkByPromtool(path: string, signal: AbortSignal): Promise<boolean> {
  const { code, output } = await runProgram('promtool', ['check', 'rules', path], signal);
  if (code === undefined) return false;
  if (code === 0) return true;
  throw new ToolError('invalid_input', 'promtool refuses the edited file; nothing was changed', {
    hint: 'prom_check_rules with the rule as text says more.',
    backendText: output.replaceAll(path, 'the file'),
  });
}

interface WayBack {
  readonly path: string;
  readonly before: string;
  readonly written: string;
}

/** The old file again, and the old rules loaded; the error says which of both is true. */
async function takenBack(around: ReloadSurroundings, back: WayBack, cause: unknown): Promise<ToolError> {
  const known = isToolError(cause) ? cause : undefined;
  const what = known?.message ?? 'Prometheus could not be asked to the end';
  const code = known?.code ?? 'backend_error';
  const details = { cause, ...(known?.backendText === undefined ? {} : { backendText: known.backendText }) };
  try {
    const staged = await stageFile(back.path, back.before);
    await staged.commit(hashOf(back.written)).catch(async (error: unknown) => {
      await staged.discard();
      throw error;
    });
  } catch {
    return new ToolError(code, `${what}; and the old file could not be put back`, {
      ...details,
      applied: 'unknown',
      hint: 'prom_edit_rules with op restore puts it back; the backup is kept.',
    });
  }
  const hint = known?.hint === undefined ? {} : { hint: known.hint };
  const isBack = await reloadAndLook(around, undefined, AbortSignal.timeout(finishMs)).then(
    () => true,
    () => false,
  );
  if (isBack) {
    const message = `${what}; the file is as before and its rules are loaded`;
    return new ToolError(code, message, { ...details, ...hint, applied: 'no' });
  }
  // where nothing can reload, or the reload was refused, the server never took the new file
  const neverTaken = code === 'backend_forbidden' || (await isOnOldFile(around));
  return neverTaken
    ? new ToolError(code, `${what}; the file is as before and Prometheus runs on the rules that it had`, {
        ...details,
        ...hint,
        applied: 'no',
      })
    : new ToolError(code, `${what}; the file is as before, but whether Prometheus has loaded it is unknown`, {
        ...details,
        applied: 'unknown',
        hint: 'prom_check_rules lists what runs; prom_edit_rules with op reload loads the file.',
      });
}

/** A reload that failed leaves the rules as they were. */
async function isOnOldFile({ state }: ReloadSurroundings): Promise<boolean> {
  return state.runtimeInfo(AbortSignal.timeout(finishMs)).then(
    ({ reloadSucceeded }) => !reloadSucceeded,
    () => false,
  );
}
