import { type Digest, fromBase64, toBase64 } from './hash.ts';

/** A tree head: the first `size` lines of one writer have this RFC 6962 root. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Digest;
}

/** Key name of a host, and the start of every origin on it. White space and plus signs cannot stand in a key name. */
export function hostOrigin(host: string): string {
  return `cinecom.local/audit/${host.replace(/[\s+\u0000-\u001f\ufffd/\p{Surrogate}]/gu, '-') || 'unnamed'}`;
}

export function writerOrigin(host: string, writer: string): string {
  return `${hostOrigin(host)}/${writer}`;
}

/** The text of a C2SP checkpoint, to be signed as a note. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads the text of a C2SP checkpoint (extension lines are allowed); undefined when it is none. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n');
  const root = fromBase64(encoded);
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || root === undefined || rest.at(-1) !== '') return undefined;
  return { origin, size: Number(size), root };
}
