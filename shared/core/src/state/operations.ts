import type { Clock } from '../define/call.ts';
import type { Json } from '../define/plan.ts';
import { isToolError, ToolError } from '../errors/tool-error.ts';
import { operationFiles } from './operation-files.ts';
import { failedView, freshView, lostView, OperationEnd, unknownOperation } from './operation-view.ts';
import { lives, type Owner, thisProcess } from './owner.ts';
import type { OperationControl, Operations, OperationView } from './state.ts';

export interface OperationOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly fault?: (error: unknown) => void;
}

interface Running {
  view: OperationView;
  /** The work has ended; what it still reports is ignored. */
  settled: boolean;
  savedAt: number;
  /** Writes of progress, one after the other, so that the last word is the last on disk. */
  saving: Promise<unknown>;
  readonly abort: AbortController;
  done: Promise<void>;
}

const cancelWaitMs = 2000;
const closeWaitMs = 150;
const saveEveryMs = 1000;
const longestTimerMs = 2_147_483_647;

/** Operations that outlive a call, and can still be told about when the process has gone. */
export function createOperations(options: OperationOptions): Operations & { close(): Promise<void> } {
  const { clock } = options;
  const files = operationFiles(options.folder);
  const running = new Map<string, Running>();
  let owner: Promise<Owner> | undefined;
  let closed = false;
  const self = (): Promise<Owner> => (owner ??= thisProcess());

  /** Whether it was written. Not being able to is no reason to stop the work: this process still tells. */
  async function save(view: OperationView): Promise<boolean> {
    try {
      await files.update({ view, owner: await self() });
      return true;
    } catch (error) {
      options.fault?.(error);
      return false;
    }
  }

  function controlOf(operation: Running): OperationControl {
    return {
      id: operation.view.id,
      signal: operation.abort.signal,
      progress(done, total, text) {
        if (operation.settled) return;
        const progress = { done, text, ...(total !== undefined && { total }) };
        operation.view = { ...operation.view, progress };
        if (clock.now() - operation.savedAt < saveEveryMs) return;
        operation.savedAt = clock.now();
        operation.saving = operation.saving.then(() => save(operation.view));
      },
    };
  }

  async function run(operation: Running, work: (control: OperationControl) => Promise<Json>): Promise<void> {
    const { abort } = operation;
    const lifetime = Math.min(operation.view.expiresAt - operation.view.startedAt, longestTimerMs);
    const expire = (): void => abort.abort(new OperationEnd('failed', 'the operation reached the end of its lifetime'));
    const timer = setTimeout(expire, lifetime).unref();
    let final: OperationView;
    try {
      const result = await work(controlOf(operation));
      final = { ...operation.view, status: 'succeeded', result };
    } catch (error) {
      if (!isToolError(error) && !abort.signal.aborted) options.fault?.(error);
      final = failedView(operation.view, error, abort.signal);
    }
    clearTimeout(timer);
    operation.settled = true;
    await operation.saving;
    // Told only once it is written, so that no other process tells another story.
    const saved = await save(final);
    operation.view = final;
    if (saved) running.delete(final.id);
  }

  async function read(id: string): Promise<OperationView> {
    const own = running.get(id);
    const record = own ?? (await files.read(id));
    if (!record) throw unknownOperation(id);
    if (record.view.expiresAt <= clock.now()) {
      own?.abort.abort(new OperationEnd('failed', 'the operation reached the end of its lifetime'));
      throw unknownOperation(id);
    }
    if ('abort' in record || record.view.status !== 'running' || (await lives(record.owner))) return record.view;
    return lostView(record.view);
  }

  return {
    read,
    async start(kind, lifetimeMs, work) {
      const view = freshView(kind, clock.now(), lifetimeMs);
      await files.removeExpired(view.startedAt);
      await files.create({ view, owner: await self() });
      // Nobody would abort it any more.
      if (closed) throw new ToolError('shutting_down', 'the server is stopping; the operation was not started');
      const operation: Running = {
        view,
        settled: false,
        savedAt: view.startedAt,
        saving: Promise.resolve(true),
        abort: new AbortController(),
        done: Promise.resolve(),
      };
      running.set(view.id, operation);
      operation.done = run(operation, work);
      return operation.view;
    },
    async cancel(id) {
      const own = running.get(id);
      if (!own) return refuseForeign(await read(id));
      own.abort.abort(new OperationEnd('cancelled', 'the operation was cancelled'));
      await atMost(own.done, cancelWaitMs);
      return own.view;
    },
    async close() {
      closed = true;
      const open = [...running.values()];
      for (const { abort } of open) abort.abort(new OperationEnd('lost', 'the server stopped before the work ended'));
      await atMost(Promise.all(open.map(({ done }) => done)), closeWaitMs);
    },
  };
}

function refuseForeign(view: OperationView): OperationView {
  if (view.status !== 'running') return view;
  throw new ToolError('operation_unknown', `operation ${view.id} runs in another process`, {
    hint: 'Cancel it through the server that started it.',
  });
}

async function atMost(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, waited]);
  clearTimeout(timer);
}
