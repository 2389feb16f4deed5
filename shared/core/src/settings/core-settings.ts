import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { httpSettings } from './http-settings.ts';
import { processSettings } from './process-settings.ts';
import { setting, settings, type SettingsValues } from './setting.ts';

const globs = z.array(z.string().max(200)).max(200);
/**
 * A folder that is the same wherever the process starts: clients start servers in any folder, and codes that were used in
 * one state folder would be good again in another.
 */
const folder = z
  .string()
  .refine((path) => isAbsolute(path) || path.startsWith('~/'), 'expected an absolute path, or one that begins with ~/')
  .transform((path) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : path));
const piiKinds = ['card', 'my-number', 'mail', 'phone'] as const;
const piiWays = ['off', 'mask', 'hash'] as const;
const piiEntry = z
  .string()
  .regex(new RegExp(`^((${piiKinds.join('|')})=)?(${piiWays.join('|')})$`), 'expected off, mask or hash, or kind=way');

type PiiWay = (typeof piiWays)[number];

/** How personal data leaves, by kind. */
export interface Pii {
  readonly card: PiiWay;
  readonly myNumber: PiiWay;
  readonly mail: PiiWay;
  readonly phone: PiiWay;
}

function piiOf(entries: readonly string[]): Pii {
  const ways = new Map<string, string>([
    ['card', 'mask'],
    ['my-number', 'mask'],
  ]);
  for (const entry of entries) {
    const [kind, way] = entry.includes('=') ? entry.split('=') : [undefined, entry];
    for (const one of kind === undefined ? piiKinds : [kind]) ways.set(one, way ?? 'mask');
  }
  const wayOf = (kind: string) => (ways.get(kind) ?? 'off') as PiiWay;
  return { card: wayOf('card'), myNumber: wayOf('my-number'), mail: wayOf('mail'), phone: wayOf('phone') };
}

/** What every server can be told, whatever its backend. */
export const coreSettings = settings({
  allow: setting({
    schema: z.enum(['read', 'write', 'destructive']).default('read'),
    flag: 'allow',
    env: 'MCP_ALLOW',
    description: 'the most that tools may do; tools above it are not listed and refused when called',
  }),
  tools: setting({
    schema: globs.default([]),
    flag: 'tools',
    description: 'only these tools, * matches anything',
    shownDefault: 'all',
  }),
  denyTools: setting({
    schema: globs.default([]),
    flag: 'deny-tools',
    description: 'never these tools; wins over --tools',
  }),
  confirm: setting({
    schema: z.enum(['auto', 'form', 'code', 'never']).default('auto'),
    flag: 'confirm',
    env: 'MCP_CONFIRM',
    description:
      'how changes are confirmed: a form where the client has one, else a code; never is for unattended jobs',
  }),
  approvalTotp: setting({
    schema: z.string().optional(),
    env: 'MCP_APPROVAL_TOTP',
    secret: true,
    description: 'second factor of destructive changes: name:BASE32[,name:BASE32], at least 16 characters each',
  }),
  approvals: setting({
    schema: z.int().min(1).max(2).default(1),
    env: 'MCP_APPROVALS',
    description: 'how many approvers a destructive change needs',
  }),
  environment: setting({
    schema: z.string().min(1).max(40).optional(),
    flag: 'environment',
    description: 'label shown in plans, forms, audit and metrics',
    example: 'production',
  }),
  maxTargets: setting({
    schema: z.int().min(1).max(1000).default(20),
    flag: 'max-targets',
    description: 'larger plans are refused',
  }),
  results: setting({
    schema: z.enum(['text', 'structured']).default('text'),
    flag: 'results',
    description: 'what tools answer with',
  }),
  pii: setting({
    schema: z.array(piiEntry).max(8).default([]).transform(piiOf),
    flag: 'pii',
    description: 'personal data: off, mask or hash for card, my-number, mail, phone (mail=hash), or one for all',
    shownDefault: 'card=mask,my-number=mask,mail=off,phone=off',
  }),
  timeout: setting({
    schema: z.number().min(1).max(600).default(50),
    flag: 'timeout',
    description: 'seconds a call may take; clients give up at 60',
  }),
  concurrency: setting({
    schema: z.int().min(1).max(64).default(8),
    flag: 'concurrency',
    description: 'calls at the same time',
  }),
  rate: setting({
    schema: z.number().min(0).max(1000).default(1),
    flag: 'rate',
    description: 'multiplies the rate limits, 0 = off',
  }),
  cacheTtl: setting({
    schema: z.number().min(0).max(86_400).optional(),
    flag: 'cache-ttl',
    description: 'seconds that cached answers live, 0 = never cached',
    shownDefault: 'per tool',
  }),
  stateDir: setting({
    schema: folder.optional(),
    env: 'CINECOM_STATE_DIR',
    description: 'folder of all state; each server has its own below',
    shownDefault: '$XDG_STATE_HOME/cinecom',
  }),
  auditDir: setting({
    schema: folder.optional(),
    env: 'MCP_AUDIT_DIR',
    description: 'folder of the audit log',
    shownDefault: '<state>/audit',
  }),
  auditMarks: setting({
    schema: folder.optional(),
    env: 'MCP_AUDIT_MARKS',
    description: 'folder of the marks that show a shortened log; best on another disk',
    shownDefault: '<state>/marks',
  }),
  auditOrigin: setting({
    schema: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'expected letters, digits, dots, hyphens')
      .optional(),
    env: 'MCP_AUDIT_ORIGIN',
    description: 'name of this host in signed checkpoints',
    shownDefault: 'host name',
  }),
  auditKey: setting({
    schema: z
      .string()
      .min(20, 'expected 32 bytes in base64 or hex, or a passphrase of at least 20 characters')
      .optional(),
    env: 'AUDIT_LOG_KEY',
    secret: true,
    description: 'signs the audit log: 32 bytes in base64 or hex, or a passphrase of at least 20 characters',
    shownDefault: 'unsigned',
  }),
  encryptionKey: setting({
    schema: z
      .string()
      .min(20, 'expected 32 bytes in base64 or hex, or a passphrase of at least 20 characters')
      .optional(),
    env: 'MCP_ENCRYPTION_KEY',
    secret: true,
    description: 'seals plan codes, personal fields of the audit log, state with secrets; same forms as AUDIT_LOG_KEY',
    shownDefault: 'a random key in the state folder',
  }),
  ...httpSettings,
  ...processSettings,
  settings: setting({
    schema: z.string().optional(),
    flag: 'settings',
    env: 'CINECOM_SETTINGS',
    description: 'settings file, YAML or JSON; ${NAME} in it is filled in from the environment',
  }),
  envFile: setting({
    schema: z.string().optional(),
    flag: 'env-file',
    description: 'file of NAME=value lines, read after the environment',
  }),
});

export type CoreSettings = SettingsValues<typeof coreSettings>;

/** Settings that say where to look for others, so they cannot stand in the settings file. */
export const outsideFile: ReadonlySet<string> = new Set(['settings', 'envFile']);
