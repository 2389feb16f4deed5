import type { CheckRow } from '../define/server.ts';
import { isToolError } from '../errors/tool-error.ts';
import { parseApprovers } from '../gate/approvers.ts';
import { matchesGlob } from '../gate/glob.ts';
import { nearest } from '../settings/nearest.ts';
import type { Session } from './session.ts';
import { allDefinitions } from './tools.ts';

/** What would otherwise be found out at the first change: approvers that cannot be read, lists that match no tool. */
export async function gateRows(session: Session): Promise<readonly CheckRow[]> {
  return [...secondFactorRows(session), ...(await listRows(session))];
}

function secondFactorRows({ core }: Session): readonly CheckRow[] {
  const check = 'second factor';
  try {
    const approvers = parseApprovers({ approvers: core.approvalTotp, needed: core.approvals });
    if (approvers.length === 0) return [];
    const names = approvers.map(({ name }) => name).join(', ');
    return [{ check, status: 'ok', detail: `${core.approvals} of ${names} for each destructive change` }];
  } catch (error) {
    if (!isToolError(error)) throw error;
    const detail = `${error.message}, so destructive changes are refused`;
    return [{ check, status: 'failed', detail, ...(error.hint === undefined ? {} : { fix: error.hint }) }];
  }
}

/** A mistyped name in a list denies nothing. */
async function listRows(session: Session): Promise<readonly CheckRow[]> {
  const { tools, denyTools } = session.core;
  if (tools.length + denyTools.length === 0) return [];
  const names = (await allDefinitions(session)).map(({ name }) => name);
  const rowOf = (flag: string, glob: string): readonly CheckRow[] => {
    if (names.some((name) => matchesGlob(glob, name))) return [];
    const close = nearest(glob, names);
    const fix = close === undefined ? `The names are: ${names.join(', ')}.` : `Did you mean ${close}?`;
    return [{ check: 'tool lists', status: 'warning', detail: `${flag} ${glob} matches no tool`, fix }];
  };
  return [
    ...tools.flatMap((glob) => rowOf('--tools', glob)),
    ...denyTools.flatMap((glob) => rowOf('--deny-tools', glob)),
  ];
}
