import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { Json } from '../define/plan.ts';
import { ToolError } from '../errors/tool-error.ts';
import type { JsonStore } from './state.ts';

const cipher = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

interface Sealed {
  readonly 'cinecom/sealed': 1;
  /** Tells a wrong key from a changed file; says nothing of the key. */
  readonly key: string;
  /** Base64 of IV, tag and ciphertext. */
  readonly data: string;
}

/**
 * A store whose values are encrypted with AES-256-GCM, each for its own name, so that files cannot be swapped. What was
 * written before there was a key is read as it is, and encrypted by the next write.
 *
 * `read` throws ToolError `not_configured` where the key is missing or another one, `state_unavailable` for a changed file.
 *
 * @param key 32 bytes; undefined: values are written as they are
 */
export function sealedStore(store: JsonStore, key: (() => Promise<Buffer>) | undefined): JsonStore {
  return {
    async read(name) {
      const kept = await store.read(name);
      if (!isSealed(kept)) return kept;
      if (key === undefined) throw unreadable(name, 'MCP_ENCRYPTION_KEY is not set');
      const secret = await key();
      if (kept.key !== markOf(secret)) throw unreadable(name, 'MCP_ENCRYPTION_KEY is another one now');
      return open(kept, name, secret);
    },
    write: async (name, value) => store.write(name, key === undefined ? value : seal(value, name, await key())),
  };
}

function seal(value: Json, name: string, secret: Buffer): Json {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, secret, iv).setAAD(Buffer.from(name));
  const hidden = Buffer.concat([sealing.update(JSON.stringify(value), 'utf8'), sealing.final()]);
  const data = Buffer.concat([iv, sealing.getAuthTag(), hidden]).toString('base64');
  return { 'cinecom/sealed': 1, key: markOf(secret), data } satisfies Sealed;
}

function open({ data }: Sealed, name: string, secret: Buffer): Json {
  const bytes = Buffer.from(data, 'base64');
  try {
    const opening = createDecipheriv(cipher, secret, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
    opening.setAAD(Buffer.from(name)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    const text = Buffer.concat([opening.update(bytes.subarray(ivBytes + tagBytes)), opening.final()]).toString('utf8');
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ToolError('state_unavailable', `the encrypted state file "${name}" was changed or moved`, {
      hint: 'It is not what was written with MCP_ENCRYPTION_KEY. Bring it back, or move it away: it is made anew.',
      cause,
    });
  }
}

function isSealed(value: Json | undefined): value is Sealed & Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'cinecom/sealed' in value;
}

function markOf(secret: Buffer): string {
  return createHash('sha256').update('cinecom state key ').update(secret).digest('hex').slice(0, 16);
}

function unreadable(name: string, why: string): ToolError {
  return new ToolError('not_configured', `the state file "${name}" is encrypted, and ${why}`, {
    hint: 'Set MCP_ENCRYPTION_KEY to the key that it was written with.',
  });
}
