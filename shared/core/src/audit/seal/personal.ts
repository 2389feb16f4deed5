import type { Json } from '../../define/plan.ts';
import { rootKey } from '../keys/root-key.ts';
import type { AuditEvent, AuditLog } from '../types.ts';
import { createUlid } from '../format/ulid.ts';
import { decrypt } from './cipher.ts';
import { sealContext } from './sealer.ts';
import { SubjectKeys } from './subject-keys.ts';

export interface EraseOptions {
  readonly dir: string;
  /** `MCP_ENCRYPTION_KEY`. */
  readonly encryptionKey: string;
  /** In any usual writing: compared after NFKC, trimmed, in lower case. */
  readonly subject: string;
  /** Where the `erase` record goes: it names the tag, never the subject. */
  readonly log: AuditLog;
  /** Legal basis, approver, ticket: no name of the subject. */
  readonly detail?: { readonly [key: string]: Json } | undefined;
  readonly now: number;
}

/**
 * Destroys the subject's key: every sealed value of that subject, in every log of the folder, is unreadable from then
 * on, also with all other keys. The lines stay as they are, so the chain still verifies.
 *
 * @returns `destroyed` false when there was no key: never any data here, or erased before
 * @throws ToolError `audit_unavailable`, with nothing destroyed, when the intent cannot be recorded
 */
export async function eraseSubject(
  options: EraseOptions,
): Promise<{ readonly tag: string; readonly destroyed: boolean }> {
  const keys = new SubjectKeys(options.dir, await rootKey(options.encryptionKey, 'encryption'));
  const tag = keys.tagOf(options.subject);
  const record = async (step: Json): Promise<void> =>
    options.log.durable({ id: createUlid(options.now), type: 'erase', detail: { ...options.detail, tag, step } });
  await record('begin');
  const destroyed = keys.destroy(tag);
  await record(destroyed ? 'destroyed' : 'nothing to destroy');
  return { tag, destroyed };
}

/** Opens the sealed values of records, for those who hold the encryption key. */
export interface PersonalReader {
  /** How a subject appears in records: `pd:<tag>`. */
  tagOf(subject: string): string;
  /** Field → value; a field whose subject was erased, or that was moved here from elsewhere, is `undefined`. */
  open(event: AuditEvent): Readonly<Record<string, Json | undefined>>;
}

/** @throws ToolError `not_configured` for a key that is too short */
export async function personalReader(dir: string, encryptionKey: string): Promise<PersonalReader> {
  const keys = new SubjectKeys(dir, await rootKey(encryptionKey, 'encryption'));
  return {
    tagOf: (subject) => `pd:${keys.tagOf(subject)}`,
    open: (event) =>
      Object.fromEntries(
        sealedFields(event.pd).map(([field, sealed]) => [field, openField(keys, event.id, field, sealed)]),
      ),
  };
}

function openField(keys: SubjectKeys, id: string, field: string, sealed: string): Json | undefined {
  const [tag = '', value = ''] = sealed.split('.');
  const key = keys.find(tag);
  const text = key && decrypt(key, value, sealContext(id, field, tag));
  return text === undefined ? undefined : (JSON.parse(text.toString('utf8')) as Json);
}

function sealedFields(pd: Json | undefined): [string, string][] {
  if (typeof pd !== 'object' || pd === null) return [];
  return Object.entries(pd).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
