import type { Clock } from '../define/call.ts';
import { approvalFolder, type ApprovalStore } from './approval-store.ts';
import { type SingleUse, singleUseFiles } from './single-use.ts';

/** What a gate has to remember: in the state folder of one machine, or in a Redis that replicas share. */
export interface GateStore {
  readonly singleUse: SingleUse;
  readonly approvals: ApprovalStore;
}

export function folderStore({ stateDir, clock }: { readonly stateDir: string; readonly clock: Clock }): GateStore {
  const nowSeconds = (): number => clock.now() / 1000;
  return { singleUse: singleUseFiles(stateDir, nowSeconds), approvals: approvalFolder(stateDir, nowSeconds) };
}
