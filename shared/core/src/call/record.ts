import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { AuditEvent, AuditLog } from '../audit/types.ts';
import type { Json, Target } from '../define/plan.ts';
import type { Tool } from '../define/tool.ts';
import { isToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import type { Redactor } from '../redact/types.ts';
import type { OutputFirewall } from './parts.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import type { Answer, Ask, CallOrigin, CallRequest, Outcome } from './request.ts';

const longestRecordedArgs = 64 * 1024;

/** The audit trail of one call: one record, or a durable begin and end around an effect. */
export interface CallRecord {
  readonly id: string;
  readonly changing: boolean;
  /** Set once the tool is known. */
  of(tool: Tool): void;
  /** What a plan that is only shown, or asked about, is about. */
  about(plan: { readonly id: string; readonly targets: readonly Target[] }): void;
  /** On disk before any effect. @throws ToolError `audit_unavailable` */
  begin(plan: {
    readonly id: string;
    readonly approvers: readonly string[];
    readonly targets: readonly Target[];
  }): Promise<void>;
  /** Written before the answer leaves; a log that cannot be written becomes the answer's first line. */
  end<Result extends Answer | Ask>(result: Result, redactions: number): Promise<Result>;
  /** `call.end` of unknown outcome, for a process that stops in the middle; undefined unless an effect began. */
  unfinished(): AuditEvent | undefined;
}

export function createRecord(options: {
  readonly server: string;
  readonly request: CallRequest;
  readonly principal: Principal;
  readonly redactor: Redactor;
  readonly personalPaths: OutputFirewall['personalPaths'];
  readonly session: string | undefined;
  readonly audit: () => Promise<AuditLog>;
}): CallRecord {
  const { request } = options;
  const id = randomUUID();
  const began = performance.now();
  let tool: Tool | undefined;
  let open: AuditEvent | undefined;
  let about: Pick<AuditEvent, 'target' | 'plan'> = {};
  const base = (): Pick<AuditEvent, 'id' | 'actor' | 'origin' | 'action'> => ({
    id,
    actor: actorOf(options.principal, request.origin, options.session, options.redactor),
    origin: originOf(request.origin),
    action: {
      server: options.server,
      tool: options.redactor.line(request.name.slice(0, 200)),
      ...(tool === undefined ? {} : { class: tool.risk }),
      ...(request.origin.requestId === undefined ? {} : { request: request.origin.requestId }),
      ...textMeta(request.meta, 'claudecode/toolUseId', 'tool_use'),
      ...textMeta(request.meta, 'traceparent', 'trace'),
    },
  });
  const argsOf = async (log: AuditLog): Promise<Pick<AuditEvent, 'args' | 'args_tag' | 'personal'>> => {
    const args = withoutConfirmation(request.args);
    if (args === undefined || JSON.stringify(args).length > longestRecordedArgs) return {};
    const redacted = await options.redactor.value(args);
    const personal = tool === undefined ? [] : personalValues(options.personalPaths(tool.input, redacted.value));
    return {
      args: redacted.value as Json,
      args_tag: log.tag(args as Json),
      ...(personal.length > 0 ? { personal } : {}),
    };
  };

  return {
    id,
    get changing() {
      return tool !== undefined && tool.risk !== 'read';
    },
    of(found) {
      tool = found;
    },
    about(plan) {
      about = { target: plan.targets, plan: plan.id };
    },
    async begin(plan) {
      const log = await options.audit();
      const event: AuditEvent = {
        ...base(),
        type: 'call.begin',
        target: plan.targets,
        ...(await argsOf(log)),
        plan: plan.id,
        approval: plan.approvers,
      };
      try {
        await log.durable(event);
      } catch (error) {
        throw isToolError(error) ? error : auditUnavailable(error);
      }
      open = event;
    },
    async end(result, redactions) {
      const outcome = outcomeFields(result);
      try {
        const log = await options.audit();
        const event: AuditEvent = {
          ...base(),
          type: open === undefined ? 'call' : 'call.end',
          ...targetOf(open ?? about),
          outcome,
          ...(open === undefined ? await argsOf(log) : {}),
          ...(result.kind === 'answer' ? resultFields(result, log) : {}),
          ms: Math.round(performance.now() - began),
          ...(open === undefined && about.plan !== undefined ? { plan: about.plan } : {}),
          redactions,
        };
        const written =
          open === undefined ? (await log.record(event)).written : await log.durable(event).then(() => true);
        return written ? result : warned(result);
      } catch {
        // The effect, if any, has happened and its begin is on disk: the answer must still reach the person.
        return warned(result);
      } finally {
        open = undefined;
      }
    },
    unfinished: () => open && { ...open, type: 'call.end', outcome: { result: 'unknown', code: 'shutting_down' } },
  };
}

/** Codes are spent and one-time passwords nobody's business: neither is kept. */
function withoutConfirmation(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return args;
  const { confirm: _confirm, approval: _approval, ...rest } = args as Readonly<Record<string, unknown>>;
  return rest;
}

/** JSON pointers → keys from the top. */
function personalValues(pointers: readonly string[]): NonNullable<AuditEvent['personal']> {
  return pointers.map((pointer) => ({
    path: pointer
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  }));
}

function targetOf(event: Pick<AuditEvent, 'target'>): Pick<AuditEvent, 'target'> {
  return event.target === undefined ? {} : { target: event.target };
}

function actorOf(
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

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run a uid that no passwd file names.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function originOf(origin: CallOrigin): NonNullable<AuditEvent['origin']> {
  return {
    host: hostname(),
    pid: process.pid,
    transport: origin.transport,
    ...(origin.ip === undefined ? {} : { ip: origin.ip }),
    ...(origin.era === undefined ? {} : { era: origin.era }),
  };
}

function textMeta(meta: CallRequest['meta'], key: string, name: string): Readonly<Record<string, string>> {
  const value = meta?.[key];
  return typeof value === 'string' ? { [name]: value.slice(0, 200) } : {};
}

function outcomeFields(result: Answer | Ask): NonNullable<AuditEvent['outcome']> {
  const outcome: Outcome = result.kind === 'ask' ? 'planned' : result.outcome;
  const code = result.kind === 'answer' ? result.error?.code : undefined;
  return { result: outcome, ...(code === undefined ? {} : { code }) };
}

function resultFields(answer: Answer, log: AuditLog): Pick<AuditEvent, 'result_tag' | 'bytes'> {
  const body = answer.structured === undefined ? answer.text : JSON.stringify(answer.structured);
  return { result_tag: log.tag(body), bytes: Buffer.byteLength(body) };
}

const warning = 'Warning: the audit log cannot be written; this call is not recorded, and changes are refused.';

function warned<Result extends Answer | Ask>(result: Result): Result {
  if (result.kind === 'ask') return result;
  const meta = { ...result.meta, 'cinecom/warning': warning };
  return { ...result, meta, text: result.structured === undefined ? `${warning}\n${result.text}` : '' };
}
