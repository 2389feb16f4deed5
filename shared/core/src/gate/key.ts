import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ToolError } from '../errors/tool-error.ts';
import { createFile, privateFolder, readText } from '../state/files.ts';
import type { KeyMaterial } from './types.ts';

const derive = promisify<string, string, number, object, Buffer>(scrypt);
const scryptCost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/**
 * The key that seals plan codes, derived on the first call and kept: HKDF-SHA256 of `MCP_ENCRYPTION_KEY`, else of
 * `AUDIT_LOG_KEY`, else of a random file `gate.key` (0600) in the state folder. Replicas with one key redeem each other's codes.
 *
 * The function returned throws ToolError `not_configured` for a key that is too weak, `state_unavailable` without a folder.
 *
 * @param purpose keys of different purposes are unrelated: what seals a cursor never seals a plan
 */
export function lazyKey(
  material: KeyMaterial,
  stateDir: string,
  purpose: 'gate' | 'cursor' | 'webhook' | 'state' = 'gate',
): () => Promise<Buffer> {
  let key: Promise<Buffer> | undefined;
  return async () => {
    key ??= derivedKey(material, stateDir, purpose);
    try {
      return await key;
    } catch (error) {
      // A full disk may have room later.
      key = undefined;
      throw error;
    }
  };
}

async function derivedKey(material: KeyMaterial, stateDir: string, purpose: string): Promise<Buffer> {
  const secret = await inputKey(material, stateDir);
  return Buffer.from(hkdfSync('sha256', secret, 'cinecom', purpose, 32));
}

async function inputKey({ encryptionKey, auditKey }: KeyMaterial, stateDir: string): Promise<Buffer> {
  if (encryptionKey !== undefined) return fromText(encryptionKey, 'MCP_ENCRYPTION_KEY');
  if (auditKey !== undefined) return fromText(auditKey, 'AUDIT_LOG_KEY');
  const path = join(await privateFolder(stateDir), 'gate.key');
  // Whoever creates it first wins, here and in other processes; everybody then reads the same file.
  const found = await readText(path);
  if (found === undefined) await createFile(path, `${randomBytes(32).toString('hex')}\n`);
  const text = (found ?? (await readText(path)) ?? '').trim();
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw new ToolError('state_unavailable', `the key file is damaged: ${path}`, {
    hint: 'Remove it; a new one is made, and codes given out so far become void.',
  });
}

/** 32 bytes as hex or base64, else a passphrase of at least 20 characters. */
async function fromText(text: string, name: string): Promise<Buffer> {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return bytes;
  if (text.length >= 20) return derive(text, 'cinecom gate', 32, scryptCost);
  throw new ToolError('not_configured', `${name} is too short to protect anything`, {
    hint: `Set ${name} to 32 bytes in base64 or hex (openssl rand -base64 32), or a passphrase of at least 20 characters.`,
  });
}
