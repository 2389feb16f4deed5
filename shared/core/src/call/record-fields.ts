import { hostname, userInfo } from 'node:os';
import type { AuditEvent, AuditLog } from '../audit/types.ts';
import type { Tool } from '../define/tool.ts';
import type { Principal } from '../gate/types.ts';
import type { Redactor } from '../redact/types.ts';
import type { OutputFirewall } from './parts.ts';
import type { Answer, Ask, CallOrigin, CallRequest, Outcome } from './request.ts';
import type { Trace } from './trace.ts';

/** Codes are spent and one-time passwords nobody's business: neither is kept. */
export function withoutConfirmation(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  const { confirm: _confirm, approval: _approval, ...rest } = args as Readonly<Record<string, unknown>>;
  return rest;
}

/** JSON pointers → keys from the top. */
export function personalValues(
  pointers: ReturnType<OutputFirewall['personalPaths']>,
): NonNullable<AuditEvent['personal']> {
  return pointers.map((pointer) => ({
    path: pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  }));
}

export function targetOf(event: Pick<AuditEvent, 'target'>): Pick<AuditEvent, 'target'> {
  return event.target === undefined ? {} : { target: event.target };
}

/** Who called. @param session `CLAUDE_CODE_SESSION_ID` */
export function actorOf(
  principal: Principal,
  origin: CallOrigin,
  session: string | undefined,
  redactor: Redactor,
): NonNullable<AuditEvent['actor']> {
  return {
    sub: principal.id,
    role: principal.ceiling,
    ...(principal.auth === undefined ? {} : { auth: principal.auth }),
    ...(origin.client === undefined ? {} : { client: redactor.line(origin.client.slice(0, 200)) }),
    os_user: osUser(),
    ...(session === undefined ? {} : { session: redactor.line(session.slice(0, 100)) }),
  };
}

/** Where a call came from. */
export function originOf(origin: CallOrigin): NonNullable<AuditEvent['origin']> {
  return {
    host: hostname(),
    pid: process.pid,
    transport: origin.transport,
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.era === undefined ? {} : { era: origin.era }),
  };
}

/** What was called, by which request, as part of which trace. */
export function actionOf(options: {
  readonly server: string;
  readonly request: CallRequest;
  readonly tool: Tool | undefined;
  readonly trace: Trace | undefined;
  readonly redactor: Redactor;
}): NonNullable<AuditEvent['action']> {
  const { request, tool, trace } = options;
  const toolUse = request.meta?.['claudecode/toolUseId'];
  return {
    server: options.server,
    tool: options.redactor.line(request.name.slice(0, 200)),
    ...(tool === undefined ? {} : { class: tool.risk }),
    ...(request.origin.requestId === undefined ? {} : { request: request.origin.requestId }),
    ...(typeof toolUse === 'string' ? { tool_use: toolUse.slice(0, 200) } : {}),
    ...(trace === undefined ? {} : { trace: trace.parent }),
    ...(trace?.state === undefined ? {} : { trace_state: options.redactor.line(trace.state) }),
  };
}

export function outcomeFields(result: Answer | Ask): {
  readonly result: Outcome;
  readonly code?: NonNullable<Answer['error']>['code'];
} {
  if (result.kind === 'ask') return { result: 'planned' };
  const code = result.error?.code;
  return { result: result.outcome, ...(code === undefined ? {} : { code }) };
}

export function resultFields(answer: Answer, log: AuditLog): Pick<AuditEvent, 'result_tag' | 'bytes'> {
  const body = answer.structured === undefined ? answer.text : JSON.stringify(answer.structured);
  return { result_tag: log.tag(body), bytes: Buffer.byteLength(body) };
}

const osUser = lazily((): string => {
  try {
    return userInfo().username;
  } catch {
    // A container may run a uid that no passwd file names.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
});

/** Asks the system once: it reads a file for the answer, which stays the same as long as the process lives. */
function lazily(ask: () => string): () => string {
  let known: string | undefined;
  return () => (known ??= ask());
}
