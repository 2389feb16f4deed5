import { ToolError } from '../errors/tool-error.ts';
import { fromBase32 } from './totp.ts';
import type { SecondFactor } from './types.ts';

export interface Approver {
  readonly name: string;
  readonly secret: Buffer;
}

/**
 * The people who may give the second factor.
 *
 * @throws ToolError `not_configured`, never naming a secret: wrong form, one person twice, fewer than are needed
 */
export function parseApprovers({ approvers, needed }: SecondFactor): readonly Approver[] {
  // Asking for two people and naming none would otherwise mean: nobody is asked.
  if (approvers === undefined && needed > 1) throw tooFew(needed, 0);
  if (approvers === undefined) return [];
  const parsed = approvers.split(',').map(parseOne);
  const names = new Set(parsed.map(({ name }) => name.toLowerCase()));
  const secrets = new Set(parsed.map(({ secret }) => secret.toString('hex')));
  if (names.size < parsed.length) throw misconfigured('it has a name twice');
  if (secrets.size < parsed.length)
    throw misconfigured('two approvers share one secret, so one person could act for both');
  if (needed > parsed.length) throw tooFew(needed, parsed.length);
  return parsed;
}

function parseOne(entry: string, index: number): Approver {
  const [, name, text] = /^\s*([\w.@-]{1,64}):([A-Za-z2-7= ]+)$/.exec(entry) ?? [];
  const secret = text !== undefined && text.replace(/[\s=]/g, '').length >= 16 ? fromBase32(text) : undefined;
  if (name === undefined || secret === undefined) {
    throw misconfigured(`entry ${index + 1} is not name:BASE32 with at least 16 base32 characters`);
  }
  return { name, secret };
}

function misconfigured(what: string): ToolError {
  return new ToolError('not_configured', `MCP_APPROVAL_TOTP cannot be used: ${what}`, {
    hint: 'Set MCP_APPROVAL_TOTP to name:BASE32[,name:BASE32], one entry for each authenticator app.',
  });
}

function tooFew(needed: number, have: number): ToolError {
  return new ToolError(
    'not_configured',
    `MCP_APPROVALS asks for ${needed} approvers and MCP_APPROVAL_TOTP has ${have}`,
    {
      hint: 'Add an approver to MCP_APPROVAL_TOTP, or lower MCP_APPROVALS.',
    },
  );
}
