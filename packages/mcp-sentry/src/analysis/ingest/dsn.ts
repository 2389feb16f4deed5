import type { Dsn } from '../../model/ingest.ts';

/** What a text given as DSN is. `why` never repeats the text: it may hold a secret. */
export type ReadDsn =
  | { readonly kind: 'dsn'; readonly dsn: Dsn }
  | { readonly kind: 'unset'; readonly why: string }
  | { readonly kind: 'wrong'; readonly why: string };

const wholly =
  /^(x+|<.*>|\[.*\]|\{.*\}|\$.*|\.{3,}|…|.*your[-_ ]?.*dsn.*|dsn|sentry[-_]?dsn|example|none|null|undefined|todo|changeme)$/i;
const keyPlaceholder = /^(x+|0+|key|public_?key|your.*|example.*|.*placeholder.*|abc123)$/i;
const form = 'expected https://KEY@HOST/PROJECT, as the client keys of a project show it';

/**
 * Takes a DSN apart: `scheme://key[:secret]@host[:port][/path]/project`. The secret of old ones is left behind.
 *
 * @see the DSN of the SDKs of Sentry, develop.sentry.dev
 */
export function parseDsn(text: string): ReadDsn {
  const trimmed = text.trim();
  if (trimmed === '') return { kind: 'unset', why: 'is empty' };
  if (wholly.test(trimmed)) return { kind: 'unset', why: 'is a placeholder' };
  if (/[<>\s]/.test(trimmed)) return { kind: 'unset', why: 'holds a placeholder' };
  if (!URL.canParse(trimmed)) return { kind: 'wrong', why: `is no address: ${form}` };
  return readAddress(new URL(trimmed));
}

function readAddress({ protocol, username, host, pathname }: URL): ReadDsn {
  if (protocol !== 'https:' && protocol !== 'http:')
    return { kind: 'wrong', why: `begins with neither https nor http: ${form}` };
  if (username === '') return { kind: 'wrong', why: `has no public key: ${form}` };
  const steps = pathname.split('/').filter((step) => step !== '');
  const projectId = steps.pop() ?? '';
  if (
    keyPlaceholder.test(username) ||
    /^x{3,}/i.test(host) ||
    /^(host|your-host)$/i.test(host) ||
    /^(0+|x+|project)$/i.test(projectId)
  ) {
    return { kind: 'unset', why: 'holds a placeholder' };
  }
  if (!/^\w{1,128}$/.test(username)) return { kind: 'wrong', why: `has a public key of other characters: ${form}` };
  if (!/^\d{1,20}$/.test(projectId))
    return { kind: 'wrong', why: `does not end with the number of a project: ${form}` };
  const path = steps.length === 0 ? '' : `/${steps.join('/')}`;
  const dsn: Dsn = {
    text: `${protocol}//${username}@${host}${path}/${projectId}`,
    protocol,
    publicKey: username,
    host,
    path,
    projectId,
  };
  return { kind: 'dsn', dsn };
}

/** Number of the organisation in hosts such as `o42.ingest.us.sentry.io`; undefined elsewhere. */
export function organizationOfHost({ host }: Dsn): string | undefined {
  return /^o(\d{1,20})\.ingest\.([a-z0-9-]+\.)?sentry\.io$/.exec(host)?.[1];
}

/**
 * Whether events that this DSN sends arrive where the server is read: the same host, or any host of sentry.io for
 * sentry.io. Another host may still be a relay in front of it.
 *
 * @param base address of the server, with or without a path
 */
export function isSameServer({ host }: Dsn, base: string): boolean {
  if (!URL.canParse(base)) return false;
  const server = new URL(base).host;
  return host === server || (isSentryIo(host) && isSentryIo(server));
}

function isSentryIo(host: string): boolean {
  return host === 'sentry.io' || host.endsWith('.sentry.io');
}

/** Plain http beyond the own host: anybody between can read events. */
export function isReadable({ protocol, host }: Dsn): boolean {
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}
