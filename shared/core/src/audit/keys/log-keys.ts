import { hkdfSync } from 'node:crypto';
import { canonicalJson } from '../../define/canonical.ts';
import type { Json } from '../../define/plan.ts';
import { hostOrigin } from '../format/checkpoint.ts';
import { noteSigner, type NoteSigner } from '../format/note.ts';
import { LineMac, shortTag } from './hmac.ts';

/** Everything derived from one `AUDIT_LOG_KEY` for one host. */
export interface LogKeys {
  /** Signs checkpoints; its key id is the `k` of each line. */
  readonly signer: NoteSigner;
  /** @param step checkpoints of this writer that lie before */
  lineMac(writer: string, step?: number): LineMac;
  /** For the length mark and the retention header of one writer. */
  guard(writer: string): (text: string) => string;
  /** For arguments and results: tells equal values without showing them. */
  tag(value: Json): string;
}

/**
 * HKDF-SHA256 of the root key: MAC and guard keys with the writer id as salt, the Ed25519 seed with the host name.
 *
 * @param root 32 bytes
 */
export function deriveLogKeys(root: Uint8Array, host: string): LogKeys {
  const derive = (salt: string, label: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', root, salt, `cinecom/audit/v1/${label}`, 32));
  const tagKey = derive('', 'tag');
  return {
    signer: noteSigner(hostOrigin(host), derive(host, 'sign')),
    lineMac: (writer, step = 0) => new LineMac(derive(writer, 'mac'), step),
    guard: (writer) => {
      const key = derive(writer, 'guard');
      return (text) => shortTag(key, text);
    },
    tag: (value) => shortTag(tagKey, canonicalJson(value)),
  };
}
