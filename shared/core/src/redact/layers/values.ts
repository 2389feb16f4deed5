import { entropy } from '../rules/entropy.ts';
import type { KeyClass } from './keys.ts';

/** How a value stood in the text. */
export interface ValueContext {
  readonly quoted: boolean;
  /** `password = x`, `password: x`: blanks around the separator, as in code and prose. */
  readonly spaced: boolean;
  readonly separator: string;
  /** What follows on the same line. */
  readonly after: string;
}

const nothing =
  /^(?:|null|nil|none|undefined|true|false|yes|no|on|off|empty|optional|required|unset|n\/?a|redacted|masked|hidden|filtered|\[(?:redacted|filtered|masked|hidden)\]|string|str|int|integer|number|boolean|bool|object|any|bytes|text|varchar|void|self|this)$/i;
const filler = /^[*•xX.…_\-#?=·+]+$/;
const reference =
  /^(?:\$\{|\$\(|\{\{|<%|%\(|#\{|@@|\$\$?[A-Za-z_][A-Za-z0-9_.:]*$|%[A-Za-z_]\w*%$|%[sdvqr]$|<[^>]*>$|\{[A-Za-z_.]*\}$|\[[A-Za-z_ -]*\]$|(?:env|vault|secret|ssm|arn|op|file|var|local|data|module|process|os|self|this|config|settings|options|opts|args|params|request|req|ctx|kwargs|environ|user|event|props|state|account|credentials)(?:\.[A-Za-z_]|:\/\/|\[))/;
const instruction = /^<?(?:your|enter|insert|replace|put|fill)[-_ ]/i;
const code = /^(?:new |await |[A-Za-z_$][\w$.:>-]{0,200}(?:\(|\[|$))/;
/** A name or a member, as in object literals and types. */
const member = /^(?:[A-Za-z_$][A-Za-z_$.?!]{0,200}|[A-Z][A-Za-z]{2,20}\d{1,2}Array)$/;
const path = /^(?:~?\/|\.{1,2}\/|[A-Za-z]:\\)[\w.\\/ -]*$/;

/** True for what stands where a secret could, and is none: placeholders, references, types. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return nothing.test(text) || filler.test(text) || reference.test(text) || instruction.test(text);
}

/**
 * Whether the value of a key is taken for a secret. Weak passwords are: a linter would skip `secret`, an attacker not.
 *
 * @param key class of its key, as `classifyKey` tells
 */
export function isSecretValue(key: KeyClass, value: string, context: ValueContext): boolean {
  if (key === undefined || key === 'my-number' || isPlaceholder(value)) return false;
  if (key === 'suspect') return isRandom(value);
  if (key === 'auth') return isBasicPair(value) || isRandom(value);
  if (path.test(value) && (key !== 'key' || !isRandom(value))) return false;
  if (!context.quoted && isCode(value, context)) return false;
  if (!context.quoted && isProse(value, context)) return false;
  if (context.separator === ',') return isDense(value) && value.length >= 8;
  if (key === 'password') return /[^\d.]/.test(value) ? !/^0x[\dA-Fa-f]{1,16}$/.test(value) : value.length >= 3;
  if (key === 'secret') return value.length >= 3 && !/\s/.test(value);
  if (key === 'header') return value.length >= 6;
  if (!context.quoted && (value.match(/[./:]/g)?.length ?? 0) > 2 && !isRandom(value)) return false;
  return value.length >= 8 && !/\s/.test(value) && isDense(value);
}

/** `password = getPassword()`, `token = parser.next`, `password: str`: the name of a value, not the value. */
function isCode(value: string, context: ValueContext): boolean {
  if (/^[\w$.:>-]*(?:\(|\[)/.test(value + context.after.slice(0, 1))) return true;
  if (!context.spaced) return false;
  if (context.separator === ':') return member.test(value) && /^[ \t]{0,4}(?:[,;)=|<]|\?\?|&&)/.test(context.after);
  return code.test(value) && !/\d/.test(value);
}

/** `Password: must be at least …`: a word that a sentence goes on after. */
function isProse(value: string, context: ValueContext): boolean {
  return context.spaced && /^[A-Za-z]+[.,]?$/.test(value) && /^\s+[A-Za-z(]/.test(context.after);
}

/** Not made of plain words: names of tokens and keys are often values of code. */
function isDense(value: string): boolean {
  if (/\d/.test(value) || /[^\w.: -]/.test(value)) return true;
  return value.length >= 20 && entropy(value) >= 3.9;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const known =
  /^(?:sha(?:1|256|384|512)[:-]|md5:|[0-9a-f]{40}$|00-[0-9a-f]{32}-[0-9a-f]{16}-|[0-9A-F]{1,8}\/[0-9A-F]{1,8}$|urn:|https?:)/;

/**
 * High entropy: ≥20 characters, base64 ≥4.5 or hex ≥3.0 bits a character; never a UUID, git sha, digest, traceparent,
 * LSN or integrity value.
 */
export function isRandom(value: string): boolean {
  if (value.length < 20 || value.length > 4096) return false;
  if (uuid.test(value) || known.test(value)) return false;
  if (/^[0-9a-fA-F]+$/.test(value)) return !/^\d+$/.test(value) && entropy(value) >= 3;
  if (!/^[\w+/.~-]+={0,2}$/.test(value)) return false;
  if (!/\d/.test(value) || (value.match(/[/.]/g)?.length ?? 0) > value.length / 10) return false;
  return (
    entropy(value) >= 4.5 ||
    (value.length < 32 &&
      entropy(value) >= Math.log2(value.length) - 0.55 &&
      /[a-z]/.test(value) &&
      /[A-Z]/.test(value))
  );
}

/** Base64 of `user:password`. */
export function isBasicPair(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{8,4096}={0,2}$/.test(value)) return false;
  return /^[\u0020-\u007e\u00a0-\uffff]{0,256}:[\u0020-\u007e\u00a0-\ufffc]+$/.test(
    Buffer.from(value, 'base64').toString('utf8'),
  );
}
