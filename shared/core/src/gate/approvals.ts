import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { canonicalJson } from '../define/canonical.ts';
import type { Plan } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import { timestamp } from '../results/format.ts';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from '../state/files.ts';
import { type Approver, parseApprovers } from './approvers.ts';
import { beginAttempt } from './attempts.ts';
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

export type ApprovalOptions = Pick<GateOptions, 'server' | 'stateDir' | 'secondFactor' | 'clock'>;

/**
 * Second factors kept under `<state>/approvals/`: who approved which plan, which one-time passwords are spent, how
 * many were wrong. Everything that grants something carries a MAC under the gate's key.
 */
export interface Approvals {
  /** How many different approvers a destructive change needs; 0 = no second factor. @throws not_configured */
  needed(): number;
  announce(ticket: Ticket, code: string, pending: PendingPlan): Promise<void>;
  /** The plan behind a code; undefined when this state folder has none. */
  pending(ticket: Ticket, code: string): Promise<PendingPlan | undefined>;
  /** Spends a one-time password on one plan. @returns whose it was @throws approval_invalid */
  give(ticket: Ticket, password: string): Promise<string>;
  /** The different approvers of a plan so far, sorted. */
  given(ticket: Ticket): Promise<readonly string[]>;
}

export function approvalFiles(options: ApprovalOptions, key: () => Promise<Buffer>): Approvals {
  const { server, clock } = options;
  const folder = join(options.stateDir, 'approvals');
  const approvers = (): readonly Approver[] => parseApprovers(options.secondFactor);
  const pathOf = (ticket: Ticket, part: string): string => join(folder, `${ticket.expiry}-${ticket.nonce}-${part}`);
  const tag = async (...parts: readonly string[]): Promise<string> =>
    keyedTag(await key(), ['approval', server, ...parts]).toString('hex');
  const planTag = (ticket: Ticket, code: string, body: string): Promise<string> =>
    tag('plan', ticket.nonce, createHash('sha256').update(code).digest('hex'), body);

  return {
    needed: () => (approvers().length > 0 ? options.secondFactor.needed : 0),
    async announce(ticket, code, pending) {
      await privateFolder(options.stateDir, 'approvals');
      await removeOld(folder, Math.floor(clock.now() / 1000));
      const body = canonicalJson(pending);
      await replaceFile(pathOf(ticket, 'plan'), `${await planTag(ticket, code, body)}\n${body}`);
    },
    async pending(ticket, code) {
      const [given = '', body = ''] = (await readText(pathOf(ticket, 'plan')))?.split('\n', 2) ?? [];
      return equal(given, await planTag(ticket, code, body)) ? (JSON.parse(body) as PendingPlan) : undefined;
    },
    async give(ticket, password) {
      await privateFolder(options.stateDir, 'approvals');
      const approver = await spend(folder, approvers(), password, clock.now());
      await createFile(pathOf(ticket, `by-${approver}`), await tag('given', ticket.nonce, approver));
      return approver;
    },
    async given(ticket) {
      const names: string[] = [];
      for (const { name } of approvers()) {
        const found = (await readText(pathOf(ticket, `by-${name}`))) ?? '';
        if (equal(found, await tag('given', ticket.nonce, name))) names.push(name);
      }
      return names.toSorted();
    },
  };
}

async function spend(folder: string, approvers: readonly Approver[], password: string, now: number): Promise<string> {
  if (!/^\d{6}$/.test(password)) throw invalid('the one-time password is not six digits');
  const attempt = await beginAttempt(folder, now);
  if (attempt.lockedUntil !== undefined) {
    throw invalid(`approvals are locked until ${timestamp(attempt.lockedUntil)} after five wrong one-time passwords`);
  }
  const matches = approvers.map(({ name, secret }) => ({ name, step: matchingStep(secret, password, now) }));
  const match = matches.find(({ step }) => step !== undefined);
  if (match?.step === undefined) throw invalid('the one-time password is wrong');
  await attempt.forgive();
  if (await claimStep(folder, match.name, match.step)) return match.name;
  throw invalid('this one-time password, or a later one, was used already: wait for the next');
}

/**
 * True once for each approver and step. Only the newest few are kept; anything older counts as used, so a clock set
 * back gives no second use.
 */
async function claimStep(folder: string, approver: string, step: number): Promise<boolean> {
  const nameOf = (of: number): string => `otp-${of}-${approver}`;
  const created = await createFile(join(folder, nameOf(step)), '');
  const steps = (await namesIn(folder)).flatMap((name) => {
    const of = Number(/^otp-(\d+)-/.exec(name)?.[1] ?? -1);
    return name === nameOf(of) ? [of] : [];
  });
  const oldest = Math.max(...steps) - 2;
  for (const of of steps) if (of < oldest) await removeFile(join(folder, nameOf(of)));
  return created && step >= oldest;
}

async function removeOld(folder: string, now: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    const expiry = /^(\d+)-/.exec(name)?.[1];
    if (expiry !== undefined && Number(expiry) < now) await removeFile(join(folder, name));
  }
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
