import type { CallRequest } from './request.ts';

/** What a client says of the trace that a call belongs to, as W3C Trace Context has it. */
export interface Trace {
  /** `version-traceid-parentid-flags` */
  readonly parent: string;
  /** 32 hex characters: for log lines. */
  readonly id: string;
  readonly state: string | undefined;
}

/** @see https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
const parentForm = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
/** @see https://www.w3.org/TR/trace-context/#tracestate-header-field-values */
const stateForm = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x21-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const mostMembers = 32;
const longestState = 512;

/** `_meta.traceparent` and `tracestate`; undefined for what is no trace context, as its grammar then says to ignore both. */
export function traceOf(meta: CallRequest['meta']): Trace | undefined {
  const parent = meta?.['traceparent'];
  const id = typeof parent === 'string' ? parentForm.exec(parent)?.[1] : undefined;
  if (typeof parent !== 'string' || id === undefined) return undefined;
  return { parent, id, state: stateOf(meta?.['tracestate']) };
}

function stateOf(given: unknown): string | undefined {
  if (typeof given !== 'string' || given.length > longestState) return undefined;
  const members = given.split(',').map((member) => member.trim());
  const filled = members.filter((member) => member !== '');
  if (filled.length === 0 || members.length > mostMembers) return undefined;
  return filled.every((member) => stateForm.test(member)) ? filled.join(',') : undefined;
}
