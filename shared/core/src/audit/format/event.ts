import { hash } from 'node:crypto';
import type { Json } from '../../define/plan.ts';
import type { AuditEvent } from '../types.ts';
import { maxLineBytes } from './limits.ts';

/** Room for the frame of a line around its event, bytes. */
const frameBytes = 512;
const maxIdCharacters = 128;

/** The event as it stands on disk: fields in the order of `AuditEvent`, nothing else, at most what a line can hold. */
export function serialiseEvent(event: AuditEvent): string {
  const ordered = inOrder(event);
  const text = JSON.stringify(ordered);
  // A UTF-16 unit takes at most three bytes, so most events need no second look.
  if (text.length * 3 <= maxLineBytes - frameBytes || fits(text)) return text;
  return shrink(ordered);
}

function inOrder(event: AuditEvent): Record<string, unknown> {
  const { actor, origin, action, outcome } = event;
  return {
    id: event.id.slice(0, maxIdCharacters),
    type: event.type,
    actor: actor && {
      sub: actor.sub,
      role: actor.role,
      auth: actor.auth,
      client: actor.client,
      os_user: actor.os_user,
      session: actor.session,
    },
    origin: origin && {
      host: origin.host,
      pid: origin.pid,
      transport: origin.transport,
      ip: origin.ip,
      era: origin.era,
    },
    action: action && {
      server: action.server,
      tool: action.tool,
      class: action.class,
      request: action.request,
      tool_use: action.tool_use,
      trace: action.trace,
      trace_state: action.trace_state,
    },
    target: event.target?.map(({ type, id }) => ({ type, id })),
    outcome: outcome && { result: outcome.result, code: outcome.code },
    args: event.args,
    args_tag: event.args_tag,
    result_tag: event.result_tag,
    bytes: event.bytes,
    ms: event.ms,
    plan: event.plan,
    approval: event.approval,
    redactions: event.redactions,
    pd: event.pd,
    detail: event.detail,
  };
}

/** Puts the digest in place of the largest part until the line fits. */
function shrink(event: Record<string, unknown>): string {
  const sizes = Object.entries(event)
    .filter(([name, part]) => name !== 'id' && name !== 'type' && part !== undefined)
    .map(([name, part]) => ({ name, json: JSON.stringify(part) }))
    .toSorted((left, right) => right.json.length - left.json.length);
  let text = JSON.stringify(event);
  for (const { name, json } of sizes) {
    event[name] = digestOf(json);
    text = JSON.stringify(event);
    if (fits(text)) break;
  }
  return text;
}

function digestOf(json: string): Json {
  return { sha256: hash('sha256', json, 'hex'), bytes: Buffer.byteLength(json), left_out: 'too large for one record' };
}

function fits(text: string): boolean {
  return Buffer.byteLength(text) <= maxLineBytes - frameBytes;
}
