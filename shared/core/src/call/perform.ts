import type { Call } from '../define/call.ts';
import type { Closable } from '../define/server.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import { type Changed, change } from './change.ts';
import type { AnyTool, CallHost } from './host.ts';
import type { Parts } from './parts.ts';
import { createProgress } from './progress.ts';
import type { CallRecord } from './record.ts';
import type { CallRequest } from './request.ts';
import { runHandler } from './run-handler.ts';
import type { ValidInput } from './validate.ts';

export type Done = Changed | { readonly kind: 'read'; readonly output: unknown };

interface Step {
  readonly tool: AnyTool;
  readonly valid: ValidInput;
  readonly request: CallRequest;
  readonly principal: Principal;
  readonly record: CallRecord;
  readonly signal: AbortSignal;
}

/** Connects if need be and runs the tool: a read at once, a change through plan, decision and audit begin. */
export async function perform(host: CallHost, parts: Parts, step: Step): Promise<Done> {
  const { tool, request, signal } = step;
  const backend = await connected(host, signal);
  const progress = createProgress({
    clock: host.clock,
    send: request.progress,
    clean: (text) => parts.firewall.neutralise(parts.redactor.line(parts.firewall.strip(text))),
  });
  const callUnder = (under: AbortSignal): Call<Closable, Readonly<Record<string, unknown>>> => ({
    backend,
    settings: host.loaded.values,
    signal: under,
    clock: host.clock,
    progress: progress.report,
    waitsForEnd: request.origin.transport === 'cli' || request.timeoutMs !== undefined,
    state: parts.state,
  });
  const abandoned = () => host.log('warn', `${tool.name} ignored its signal and was abandoned, ${step.record.label}`);
  const { body } = tool;
  try {
    if (body.kind === 'read') {
      return {
        kind: 'read',
        output: await runHandler(
          () => readUnder(signal, () => body.handle(step.valid.input, callUnder(signal))),
          signal,
          abandoned,
        ),
      };
    }
    return await change({
      tool,
      body,
      input: step.valid.input,
      confirm: {
        principal: step.principal,
        canElicit: request.canElicit,
        confirmNever: request.confirmNever ?? false,
        args: step.valid.args,
        confirm: step.valid.confirm,
        approval: step.valid.approval,
        requestState: request.requestState,
        inputResponses: request.inputResponses,
      },
      gate: parts.gate,
      limits: host.limits,
      record: step.record,
      signal,
      callUnder,
      abandoned,
    });
  } finally {
    progress.end();
  }
}

async function connected(host: CallHost, signal: AbortSignal): Promise<Closable> {
  const { problems } = host.loaded;
  if (problems.length === 0) return host.backend.acquire(signal);
  throw new ToolError('not_configured', problems.map((problem) => problem.text).join('; '), {
    hint: problems.map((problem) => problem.fix).join('\n'),
  });
}

/** Parts of a reading may fail alone; what they lack because the call itself was over is no answer. */
async function readUnder(signal: AbortSignal, read: () => Promise<unknown>): Promise<unknown> {
  const output = await read();
  signal.throwIfAborted();
  return output;
}
