import { randomUUID } from 'node:crypto';
import type { AuditEvent, AuditLog } from '../audit/types.ts';
import type { Json, Target } from '../define/plan.ts';
import type { Tool } from '../define/tool.ts';
import { isToolError } from '../errors/tool-error.ts';
import type { Principal } from '../gate/types.ts';
import type { EndedCall } from '../monitor/observer.ts';
import type { Redactor } from '../redact/types.ts';
import type { OutputFirewall } from './parts.ts';
import { auditUnavailable } from './audit-unavailable.ts';
import {
  actionOf,
  actorOf,
  originOf,
  outcomeFields,
  personalValues,
  resultFields,
  targetOf,
  withoutConfirmation,
} from './record-fields.ts';
import type { Answer, Ask, CallRequest } from './request.ts';
import { traceOf } from './trace.ts';

const longestRecordedArgs = 64 * 1024;

/** How an applied change was confirmed. */
type Confirmed = NonNullable<EndedCall['confirmed']>;

/** The audit trail of one call: one record, or a durable begin and end around an effect. */
export interface CallRecord {
  readonly id: string;
  /** For log lines: `call <id>`, and the trace it belongs to. */
  readonly label: string;
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
    readonly how: Confirmed;
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
  /** Told once, when the call has ended. */
  readonly ended: (call: EndedCall) => void;
}): CallRecord {
  const { request } = options;
  const id = randomUUID();
  const trace = traceOf(request.meta);
  const began = performance.now();
  let tool: Tool | undefined;
  let open: AuditEvent | undefined;
  let about: Pick<AuditEvent, 'target' | 'plan'> = {};
  let confirmed: Confirmed | undefined;
  const base = (): Pick<AuditEvent, 'id' | 'actor' | 'origin' | 'action'> => ({
    id,
    actor: actorOf(options.principal, request.origin, options.session, options.redactor),
    origin: originOf(request.origin),
    action: actionOf({ ...options, tool, trace }),
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
    label: trace === undefined ? `call ${id}` : `call ${id} trace=${trace.id}`,
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
        detail: { confirmed: plan.how },
      };
      try {
        await log.durable(event);
      } catch (error) {
        throw isToolError(error) ? error : auditUnavailable(error);
      }
      open = event;
      confirmed = plan.how;
    },
    async end(result, redactions) {
      const outcome = outcomeFields(result);
      const ms = performance.now() - began;
      try {
        const log = await options.audit();
        const event: AuditEvent = {
          ...base(),
          type: open === undefined ? 'call' : 'call.end',
          ...targetOf(open ?? about),
          outcome,
          ...(open === undefined ? await argsOf(log) : {}),
          ...(result.kind === 'answer' ? resultFields(result, log) : {}),
          ms: Math.round(ms),
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
        const { result: ended, code } = outcome;
        options.ended({ tool: tool?.name, risk: tool?.risk, outcome: ended, code, ms, redactions, confirmed });
      }
    },
    unfinished: () => open && { ...open, type: 'call.end', outcome: { result: 'unknown', code: 'shutting_down' } },
  };
}

const warning = 'Warning: the audit log cannot be written; this call is not recorded, and changes are refused.';

function warned<Result extends Answer | Ask>(result: Result): Result {
  if (result.kind === 'ask') return { ...result, message: `${warning}\n${result.message}` };
  const meta = { ...result.meta, 'cinecom/warning': warning };
  return { ...result, meta, text: result.structured === undefined ? `${warning}\n${result.text}` : '' };
}
