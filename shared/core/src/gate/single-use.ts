import { join } from 'node:path';
import { createFile, namesIn, privateFolder, removeFile } from '../state/files.ts';
import type { Ticket } from './seal.ts';

/** What has been redeemed, shared by all processes over one state folder, or over one Redis. */
export interface SingleUse {
  /**
   * Notes that a ticket is about to be handed out, where only what was noted can be redeemed.
   *
   * @throws ToolError `state_unavailable`: a code that nobody could redeem is not handed out
   */
  issued(ticket: Ticket): Promise<void>;
  used(ticket: Ticket, round?: number): Promise<boolean>;
  /**
   * Marks a ticket as used before anything takes effect. True for exactly one caller, over all processes and for ever.
   *
   * @throws ToolError `state_unavailable`: then nothing may be applied
   */
  burn(ticket: Ticket, round?: number): Promise<boolean>;
}

/** How long a used ticket is remembered, s: far beyond its life. */
export const keepSeconds = 86_400;

/**
 * One empty file a used ticket under `<state>/used/`, removed a day after its expiry. A file `horizon-<expiry>` is
 * written before a removal: tickets up to that expiry count as used, so that no clock set back revives them.
 */
export function singleUseFiles(stateDir: string, nowSeconds: () => number): SingleUse {
  const folder = join(stateDir, 'used');
  return {
    issued: () => Promise.resolve(),
    async used(ticket, round) {
      const names = await namesIn(folder);
      return ticket.expiry <= horizon(names) || names.includes(nameOf(ticket, round));
    },
    async burn(ticket, round) {
      await privateFolder(stateDir, 'used');
      const burnt = await createFile(join(folder, nameOf(ticket, round)), '');
      // Looked at afterwards: who removed this ticket's file a moment ago wrote the horizon before.
      const names = await namesIn(folder);
      await cleanUp(folder, names, nowSeconds());
      return burnt && ticket.expiry > horizon(names);
    },
  };
}

/** A form is one conversation: its rounds are used up one by one, the whole of it by the bare name. */
export function nameOf({ nonce, expiry }: Ticket, round?: number): string {
  return `${expiry}-${nonce}${round === undefined ? '' : `-${round}`}`;
}

function horizon(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => Number(/^horizon-(\d+)$/.exec(name)?.[1] ?? 0)));
}

async function cleanUp(folder: string, names: readonly string[], now: number): Promise<void> {
  const expired = names.filter((name) => Number(/^(\d+)-/.exec(name)?.[1] ?? Infinity) < now - keepSeconds);
  if (expired.length === 0) return;
  const newest = Math.max(...expired.map((name) => Number.parseInt(name, 10)));
  await createFile(join(folder, `horizon-${newest}`), '');
  const older = names.filter((name) => Number(/^horizon-(\d+)$/.exec(name)?.[1] ?? Infinity) < newest);
  for (const name of [...expired, ...older]) await removeFile(join(folder, name));
}
