import { readFileSync } from 'node:fs';

/** The account that a child runs as. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account to run a scratch server as, since PostgreSQL refuses root. Not root: ourselves, `undefined`.
 * @throws Error when root names an account that is not there, or root itself
 */
export function scratchIdentity(user: string): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = accounts.find((line) => line.startsWith(`${user}:`))?.split(':') ?? [];
  const identity = { uid: Number(fields[2]), gid: Number(fields[3]) };
  if (fields[2] === undefined || !Number.isInteger(identity.uid) || !Number.isInteger(identity.gid)) {
    throw new Error(`there is no account "${user}" to run a scratch server as`);
  }
  if (identity.uid === 0) throw new Error('PostgreSQL refuses to run as root; name another account');
  return identity;
}
