import { createHash, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../define/canonical.ts';
import type { Plan } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import { timestamp } from '../results/format.ts';
import type { ApprovalStore } from './approval-store.ts';
import { type Approver, parseApprovers } from './approvers.ts';
import { keyedTag, type Ticket } from './seal.ts';
import { matchingStep } from './totp.ts';
import type { GateOptions } from './types.ts';

/** A plan that waits for approvals, as the approver must see it: from the server's own hand, not the model's. */
export interface PendingPlan {
  readonly tool: string;
  readonly environment: string | undefined;
  readonly plan: Omit<Plan, 'observed'>;
  readonly expiresAt: number;
}

export type ApprovalOptions = Pick<GateOptions, 'server' | 'stateDir' | 'secondFactor' | 'clock' | 'store'>;

/**
 * Second factors: who approved which plan, which one-time passwords are spent, how many were wrong. Everything in the
 * store that grants something carries a MAC under the gate's key.
 */
export interface Approvals {
  /** How many different approvers a destructive change needs; 0 = no second factor. @throws not_configured */
  needed(): number;
  announce(ticket: Ticket, code: string, pending: PendingPlan): Promise<void>;
  /** The plan behind a code; undefined when the store has none. */
  pending(ticket: Ticket, code: string): Promise<PendingPlan | undefined>;
  /** Spends a one-time password on one plan. @returns whose it was @throws approval_invalid */
  give(ticket: Ticket, password: string): Promise<string>;
  /** The different approvers of a plan so far, sorted. */
  given(ticket: Ticket): Promise<readonly string[]>;
}

export function createApprovals(
  options: Pick<ApprovalOptions, 'server' | 'secondFactor' | 'clock'>,
  key: () => Promise<Buffer>,
  store: ApprovalStore,
): Approvals {
  const { server, clock } = options;
  const approvers = (): readonly Approver[] => parseApprovers(options.secondFactor);
  const tag = async (...parts: readonly string[]): Promise<string> =>
    keyedTag(await key(), ['approval', server, ...parts]).toString('hex');
  const planTag = (ticket: Ticket, code: string, body: string): Promise<string> =>
    tag('plan', ticket.nonce, createHash('sha256').update(code).digest('hex'), body);

  return {
    needed: () => (approvers().length > 0 ? options.secondFactor.needed : 0),
    async announce(ticket, code, pending) {
      const body = canonicalJson(pending);
      await store.put(ticket, 'plan', `${await planTag(ticket, code, body)}\n${body}`);
    },
    async pending(ticket, code) {
      const [given = '', body = ''] = (await store.read(ticket, 'plan'))?.split('\n', 2) ?? [];
      return equal(given, await planTag(ticket, code, body)) ? (JSON.parse(body) as PendingPlan) : undefined;
    },
    async give(ticket, password) {
      const approver = await spend(store, approvers(), password, clock.now());
      await store.put(ticket, `by-${approver}`, await tag('given', ticket.nonce, approver));
      return approver;
    },
    async given(ticket) {
      const names: string[] = [];
      for (const { name } of approvers()) {
        const found = (await store.read(ticket, `by-${name}`)) ?? '';
        if (equal(found, await tag('given', ticket.nonce, name))) names.push(name);
      }
      return names.toSorted();
    },
  };
}

async function spend(
  store: ApprovalStore,
  approvers: readonly Approver[],
  password: string,
  now: number,
): Promise<string> {
  if (!/^\d{6}$/.test(password)) throw invalid('the one-time password is not six digits');
  const attempt = await store.beginAttempt(now);
  if (attempt.lockedUntil !== undefined) {
    throw invalid(`approvals are locked until ${timestamp(attempt.lockedUntil)} after five wrong one-time passwords`);
  }
  const matches = approvers.map(({ name, secret }) => ({ name, step: matchingStep(secret, password, now) }));
  const match = matches.find(({ step }) => step !== undefined);
  if (match?.step === undefined) throw invalid('the one-time password is wrong');
  await attempt.forgive();
  if (await store.claimStep(match.name, match.step)) return match.name;
  throw invalid('this one-time password, or a later one, was used already: wait for the next');
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(what: string): ToolError {
  return new ToolError('approval_invalid', what, {
    hint: 'Ask an approver for a fresh one-time password; the plan code stays good until it expires.',
  });
}
