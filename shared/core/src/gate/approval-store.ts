import { join } from 'node:path';
import { createFile, namesIn, privateFolder, readText, removeFile, replaceFile } from '../state/files.ts';
import { type Attempt, beginAttempt } from './attempts.ts';
import type { Ticket } from './seal.ts';

/** Where second factors are kept, shared by all processes over it. Each function throws ToolError `state_unavailable`. */
export interface ApprovalStore {
  /** Keeps a text beside a ticket, in place of an earlier one, while the ticket lives. */
  put(ticket: Ticket, part: string, text: string): Promise<void>;
  read(ticket: Ticket, part: string): Promise<string | undefined>;
  /** Counts a try before the password is looked at. @param now UTC ms */
  beginAttempt(now: number): Promise<Attempt>;
  /** True once for each approver and step of a one-time password, and never for one far older than the newest used. */
  claimStep(approver: string, step: number): Promise<boolean>;
}

/** How many steps before the newest used one may still be claimed: passwords can arrive out of order. */
export const stepsBack = 2;

/** Files under `<state>/approvals/`. */
export function approvalFolder(stateDir: string, nowSeconds: () => number): ApprovalStore {
  const folder = join(stateDir, 'approvals');
  const pathOf = (ticket: Ticket, part: string): string => join(folder, `${ticket.expiry}-${ticket.nonce}-${part}`);
  return {
    async put(ticket, part, text) {
      await privateFolder(stateDir, 'approvals');
      await removeOld(folder, Math.floor(nowSeconds()));
      await replaceFile(pathOf(ticket, part), text);
    },
    read: (ticket, part) => readText(pathOf(ticket, part)),
    async beginAttempt(now) {
      await privateFolder(stateDir, 'approvals');
      return beginAttempt(folder, now);
    },
    claimStep: (approver, step) => claimStep(folder, approver, step),
  };
}

/** Only the newest few are kept; anything older counts as used, so a clock set back gives no second use. */
async function claimStep(folder: string, approver: string, step: number): Promise<boolean> {
  const nameOf = (of: number): string => `otp-${of}-${approver}`;
  const created = await createFile(join(folder, nameOf(step)), '');
  const steps = (await namesIn(folder)).flatMap((name) => {
    const of = Number(/^otp-(\d+)-/.exec(name)?.[1] ?? -1);
    return name === nameOf(of) ? [of] : [];
  });
  const oldest = Math.max(...steps) - stepsBack;
  for (const of of steps) if (of < oldest) await removeFile(join(folder, nameOf(of)));
  return created && step >= oldest;
}

async function removeOld(folder: string, now: number): Promise<void> {
  for (const name of await namesIn(folder)) {
    const expiry = /^(\d+)-/.exec(name)?.[1];
    if (expiry !== undefined && Number(expiry) < now) await removeFile(join(folder, name));
  }
}
