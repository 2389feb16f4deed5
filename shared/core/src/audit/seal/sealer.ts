import { randomBytes } from 'node:crypto';
import type { Json } from '../../define/plan.ts';
import type { AuditEvent } from '../types.ts';
import { encrypt } from './cipher.ts';
import type { SubjectKeys } from './subject-keys.ts';

/** Moves personal values of an event into `pd`, each under the key of its subject. */
export class Sealer {
  readonly #keys: SubjectKeys;

  constructor(keys: SubjectKeys) {
    this.#keys = keys;
  }

  /** `actor.sub`, `actor.os_user`, `origin.ip` belong to one subject, the actor; then the event's own `personal` values. */
  seal(event: AuditEvent): AuditEvent {
    const pd: Record<string, string> = {};
    const put = (field: string, value: Json, subject: string): string => {
      const { tag, key } = this.#keys.forSubject(subject);
      pd[field] = `${tag}.${encrypt(key, JSON.stringify(value), sealContext(event.id, field, tag), randomBytes(12))}`;
      return `pd:${tag}`;
    };
    const { sub, os_user } = event.actor ?? {};
    const ip = event.origin?.ip;
    const subject = sub ?? os_user ?? ip ?? '';
    const actor = event.actor && {
      ...event.actor,
      ...(sub === undefined ? {} : { sub: put('actor.sub', sub, subject) }),
      ...(os_user === undefined ? {} : { os_user: put('actor.os_user', os_user, subject) }),
    };
    const origin = event.origin && {
      ...event.origin,
      ...(ip === undefined ? {} : { ip: put('origin.ip', ip, subject) }),
    };
    let args = event.args;
    for (const { path, subject: about } of event.personal ?? []) {
      args = args && replaceAt(args, path, (value) => put(`args.${path.join('.')}`, value, about ?? textOf(value)));
    }
    if (Object.keys(pd).length === 0) return event;
    return { ...event, ...(actor && { actor }), ...(origin && { origin }), ...(args !== undefined && { args }), pd };
  }
}

/** What binds a sealed value to its place: moved to another record, field or subject it does not open. */
export function sealContext(recordId: string, field: string, tag: string): string {
  return JSON.stringify([recordId, field, tag]);
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function replaceAt(value: Json, path: readonly (string | number)[], replace: (value: Json) => Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return replace(value);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  if (isList(value)) return value.map((item, index) => (index === Number(key) ? replaceAt(item, rest, replace) : item));
  return { ...value, [key]: replaceAt(value[key] ?? null, rest, replace) };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
