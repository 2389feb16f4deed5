import type { CallSignal } from './call-signal.ts';
import { createCallSignal } from './call-signal.ts';
import type { Risk } from '../define/tool.ts';
import { openCursor } from './cursor-step.ts';
import { asToolError } from './error-text.ts';
import { findTool } from './find.ts';
import type { AnyTool, CallHost } from './host.ts';
import type { Release } from './limits.ts';
import { failureOf, resultOf } from './outcome.ts';
import { osPrincipal } from './principal.ts';
import { createRecord } from './record.ts';
import type { Answer, Ask, CallRequest } from './request.ts';
import { perform } from './perform.ts';
import { validate, type ValidInput } from './validate.ts';

/**
 * One call, the only way in and out. The order is fixed: find → validate once → rate and concurrency limit → gate →
 * audit begin (on disk before any effect) → handle → check output → redact → firewall → budget → audit end → return.
 *
 * Never rejects: whatever goes wrong becomes an answer that is recorded like any other.
 */
export async function callTool(host: CallHost, request: CallRequest): Promise<Answer | Ask> {
  const principal = request.principal ?? osPrincipal(host.core.allow);
  const parts = await host.parts();
  const record = createRecord({
    server: host.server.name,
    request,
    principal,
    redactor: parts.redactor,
    personalPaths: (schema, value) => parts.firewall.personalPaths(schema, value),
    session: host.session,
    audit: () => host.audit(),
    ended: (call) => host.observer.callEnded(call),
  });
  const known = host.enter(() => record.unfinished());
  let life: CallSignal | undefined;
  let slot: Release | undefined;
  try {
    const tool = findTool(await host.tools(), request.name);
    record.of(tool);
    const valid = await openCursor(parts.cursors, tool, validate(tool, request.args));
    life = createCallSignal({
      client: request.signal,
      shutdown: host.stopping,
      timeoutMs: request.timeoutMs ?? tool.timeoutMs ?? host.core.timeout * 1000,
    });
    const token = host.limits.take(tool.name, riskOf(host, tool, valid, request), principal.id);
    slot = await host.limits.slot(life.signal);
    parts.gate.admit(tool, principal);
    const done = await perform(host, parts, { tool, valid, request, principal, record, signal: life.signal });
    if (done.kind !== 'output' && done.kind !== 'read') token.giveBack();
    const result = await resultOf(host, parts, { tool, valid, request, principal, done });
    return await record.end(result.answer, result.redactions);
  } catch (error) {
    const result = await failureOf(host, parts, asToolError(error, record.id), record);
    return await record.end(result.answer, result.redactions);
  } finally {
    slot?.release();
    life?.dispose();
    known.done();
  }
}

/** A call that can only show its plan is limited like a read; one that may apply it, by the tool's own risk. */
function riskOf(host: CallHost, tool: AnyTool, valid: ValidInput, request: CallRequest): Risk {
  const mayApply =
    !tool.confirms ||
    host.core.confirm === 'never' ||
    request.confirmNever === true ||
    valid.confirm !== undefined ||
    request.requestState !== undefined;
  return mayApply ? tool.risk : 'read';
}
