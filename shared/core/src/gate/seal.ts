import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../define/canonical.ts';
import type { Json, Plan, Target } from '../define/plan.ts';

/** What a code or form state is bound to beside its own bytes. */
export interface Binding {
  readonly server: string;
  readonly tool: string;
  readonly args: Json;
  readonly principal: string;
}

/** What a code or form state carries. */
export interface Ticket {
  /** 8 bytes in hex. */
  readonly nonce: string;
  /** Whole seconds, UTC. */
  readonly expiry: number;
  /** 8 bytes in hex, from `fingerprint`. */
  readonly fingerprint: string;
  /** How often a form was answered wrongly; 0 in codes. */
  readonly round: number;
}

type Kind = 'plan' | 'form';

const version = { plan: 1, form: 2 } as const;
const headBytes = 1 + 8 + 4 + 8;
const macBytes = 16;

export const newNonce = (): string => randomBytes(8).toString('hex');

/** 8 bytes of SHA-256 over what was observed and the targets in any order, as hex. */
export function fingerprint(plan: Plan): string {
  const targets = plan.targets.map(({ type, id }): Target => ({ type, id })).toSorted(byTypeAndId);
  const digest = createHash('sha256').update(canonicalJson({ observed: plan.observed, targets }));
  return digest.digest('hex').slice(0, 16);
}

/** `plan_` or `form_`, then base64url of version, nonce, expiry, fingerprint (form: round) and MAC: a constant length. */
export function seal(kind: Kind, ticket: Ticket, binding: Binding, key: Buffer): string {
  const head = headOf(kind, ticket);
  return `${kind}_${Buffer.concat([head, macOf(kind, head, binding, key)]).toString('base64url')}`;
}

/** The ticket of a well-formed code, its MAC unchecked: enough to look a pending plan up, never to redeem it. */
export function readTicket(kind: Kind, text: string): Ticket | undefined {
  return split(kind, text)?.ticket;
}

/** The ticket of a code that was sealed with this key for exactly this binding; undefined for any other text. */
export function unseal(kind: Kind, text: string, binding: Binding, key: Buffer): Ticket | undefined {
  const parts = split(kind, text);
  if (!parts || !timingSafeEqual(parts.mac, macOf(kind, parts.head, binding, key))) return undefined;
  return parts.ticket;
}

function headOf(kind: Kind, { nonce, expiry, fingerprint, round }: Ticket): Buffer {
  const head = Buffer.alloc(kind === 'form' ? headBytes + 1 : headBytes);
  head.writeUInt8(version[kind], 0);
  head.write(nonce, 1, 8, 'hex');
  head.writeUInt32BE(expiry, 9);
  head.write(fingerprint, 13, 8, 'hex');
  if (kind === 'form') head.writeUInt8(round, headBytes);
  return head;
}

function split(kind: Kind, text: string): { head: Buffer; mac: Buffer; ticket: Ticket } | undefined {
  const prefix = `${kind}_`;
  if (!text.startsWith(prefix) || text.length > 100) return undefined;
  const bytes = Buffer.from(text.slice(prefix.length), 'base64url');
  // Decoding forgives; writing again shows any stray character or bit.
  if (`${prefix}${bytes.toString('base64url')}` !== text || bytes[0] !== version[kind]) return undefined;
  const length = kind === 'form' ? headBytes + 1 : headBytes;
  if (bytes.length !== length + macBytes) return undefined;
  const head = bytes.subarray(0, length);
  const ticket = {
    nonce: head.toString('hex', 1, 9),
    expiry: head.readUInt32BE(9),
    fingerprint: head.toString('hex', 13, 21),
    round: kind === 'form' ? head.readUInt8(headBytes) : 0,
  };
  return { head, mac: bytes.subarray(length), ticket };
}

/** HMAC-SHA256 over each part behind its length, so that no two lists of parts read the same. */
function macOf(kind: string, head: Buffer, binding: Binding, key: Buffer): Buffer {
  const argsDigest = createHash('sha256').update(canonicalJson(binding.args)).digest();
  return keyedTag(key, [kind, head, binding.server, binding.tool, argsDigest, binding.principal]).subarray(0, macBytes);
}

export function keyedTag(key: Buffer, parts: readonly (string | Buffer)[]): Buffer {
  const mac = createHmac('sha256', key);
  for (const part of parts) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    mac.update(length).update(bytes);
  }
  return mac.digest();
}

function byTypeAndId(left: Target, right: Target): number {
  if (left.type !== right.type) return left.type < right.type ? -1 : 1;
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}
