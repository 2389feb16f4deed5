import type { PendingPlan } from '../gate/approvals.ts';
import { planText } from '../call/plan-text.ts';
import { foldersOf, sharedStore } from '../call/providers.ts';
import { errorText } from '../call/error-text.ts';
import { osPrincipal } from '../call/principal.ts';
import { isToolError } from '../errors/tool-error.ts';
import { timestamp } from '../results/format.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

/** `approve CODE`: shows the plan from the server's own hand, then takes one person's one-time password for it. */
export async function approve(session: Session): Promise<number> {
  const { core, world, line, clean, server } = session;
  const [code = ''] = line.words;
  if (world.askHidden === undefined) {
    world.err(
      'approve needs a terminal: the one-time password is typed by a person, never piped or passed as an argument.\n',
    );
    return exitCodes.usage;
  }
  const { approvePlan, pendingPlan } = await import('../gate/approve.ts');
  const options = {
    server: server.name,
    stateDir: foldersOf(server.name, core, world.env).state,
    secondFactor: { approvers: core.approvalTotp, needed: core.approvals },
    keys: { encryptionKey: core.encryptionKey, auditKey: core.auditKey },
    clock: world.clock,
    store: await sharedStore(server.name, core, world.clock),
    code,
  };
  let tool: string | undefined;
  try {
    // An approval that cannot be recorded is none.
    await session.runtime.audit();
    const pending = await pendingPlan(options);
    tool = pending.tool;
    world.err(await clean.text(shown(pending)));
    const otp = (await world.askHidden('One-time password: ')).trim();
    const given = await approvePlan({ ...options, otp });
    await record(session, tool, { result: 'success' }, { plan: given.planId, approval: given.approvers });
    const missing = given.needed - given.approvers.length;
    world.out(
      `${given.approver} approved ${given.tool}. ${missing > 0 ? `${missing} more approval is needed.` : 'It may be applied now with its code.'}\n`,
    );
    return exitCodes.ok;
  } catch (error) {
    if (!isToolError(error)) throw error;
    await record(session, tool, { result: 'denied', code: error.code }, {});
    world.err(`${await clean.text(errorText(error, false))}\n`);
    return exitCodeOf(error.code);
  }
}

function shown(pending: PendingPlan): string {
  const plan = planText({ ...pending.plan, observed: null }, pending.environment);
  return `${pending.tool}\n${plan}\nThe code holds until ${timestamp(pending.expiresAt)}. Approve only what you asked for.\n`;
}

async function record(
  { runtime, server, core }: Session,
  tool: string | undefined,
  outcome: { readonly result: 'success' | 'denied'; readonly code?: string },
  more: { readonly plan?: string; readonly approval?: readonly string[] },
): Promise<void> {
  const principal = osPrincipal(core.allow);
  await runtime.note({
    type: 'approval',
    actor: { sub: principal.id, role: principal.ceiling },
    origin: { transport: 'cli', pid: process.pid },
    action: { server: server.name, ...(tool === undefined ? {} : { tool }) },
    outcome,
    ...more,
  });
}
