import { scrypt } from 'node:crypto';
import { ToolError } from '../../errors/tool-error.ts';

/** What a root key is for: each purpose has its own scrypt salt, so one passphrase never gives one key twice. */
export type KeyPurpose = 'audit' | 'encryption';

const settingOf = { audit: 'AUDIT_LOG_KEY', encryption: 'MCP_ENCRYPTION_KEY' } as const;
const placeholders =
  /change[\s_-]?me|replace|example|placeholder|your[\s_-]?|todo|secret|password|passphrase|x{5,}|insert|dummy|default/i;

/**
 * 32 bytes from a key setting: base64, base64url or hex of 32 bytes is taken as it is; anything else is a passphrase
 * for scrypt (N 2^15, r 8, p 1: about 0.1 s, on the thread pool).
 *
 * @throws ToolError `not_configured` for a passphrase under 20 characters
 */
export async function rootKey(text: string, purpose: KeyPurpose): Promise<Buffer> {
  const raw = rawKey(text);
  if (raw !== undefined) return raw;
  if (text.trim().length < 20) {
    throw new ToolError('not_configured', `${settingOf[purpose]} is too short`, {
      hint: `Give 32 bytes as base64 or hex (openssl rand -base64 32), or a passphrase of at least 20 characters.`,
    });
  }
  const options = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(text.trim().normalize('NFKC'), `cinecom/${purpose}/v1`, 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/**
 * Says what is wrong with a key that is no secret: a placeholder, one character repeated, too short.
 *
 * @returns a sentence without the key, or undefined when nothing is wrong
 */
export function keyWarning(key: string): string | undefined {
  const text = key.trim();
  if (text === '') return 'the key is empty';
  const bytes = rawKey(text);
  if (new Set<string | number>(bytes ?? text).size < (bytes === undefined ? 6 : 8))
    return 'the key repeats a few characters: anyone can guess it';
  if (bytes !== undefined) return undefined;
  if (placeholders.test(text)) return 'the key looks like a placeholder: anyone can guess it';
  if (text.length < 20) return 'the key is shorter than 20 characters';
  if (isRun(text)) return 'the key is a plain sequence: anyone can guess it';
  return undefined;
}

function rawKey(text: string): Buffer | undefined {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  if (!/^([A-Za-z0-9+/]{43}=?|[\w-]{43}=?)$/.test(trimmed)) return undefined;
  const bytes = Buffer.from(trimmed, 'base64');
  return bytes.length === 32 ? bytes : undefined;
}

/** Most steps between neighbours are the same small step, as in 12345… or abcdef…. */
function isRun(text: string): boolean {
  let steps = 0;
  for (let index = 1; index < text.length; index += 1) {
    const step = Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1));
    if (step <= 1 || step === 9) steps += 1;
  }
  return steps > (text.length - 1) * 0.8;
}
