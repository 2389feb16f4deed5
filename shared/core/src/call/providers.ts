import { join } from 'node:path';
import type { Clock } from '../define/call.ts';
import type { Server } from '../define/server.ts';
import type { Json } from '../define/plan.ts';
import type { GateStore } from '../gate/store.ts';
import type { GateOptions, Scope } from '../gate/types.ts';
import type { ToolListing } from '../serve/listing.ts';
import { coreSettings, type CoreSettings } from '../settings/core-settings.ts';
import type { LoadedSettings } from '../settings/loaded.ts';
import type { SettingsDeclaration } from '../settings/setting.ts';
import { stateDir } from '../state/folder.ts';
import { once } from './once.ts';
import type { Providers } from './parts.ts';

export interface ProviderOptions {
  readonly server: Server;
  readonly loaded: LoadedSettings<Readonly<Record<string, unknown>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** For the tool list digest in `log.start`. */
  readonly listing?: () => Promise<readonly ToolListing[]>;
  /** What an operation threw that is no ToolError. */
  readonly fault: (error: unknown) => void;
}

/** Where one server process keeps everything. */
export interface Folders {
  readonly state: string;
  readonly audit: string;
  readonly marks: string;
}

/** `<state>`, `<state>/audit`, `<state>/marks`, unless the settings name others. */
export function foldersOf(
  server: string,
  core: CoreSettings,
  env: Readonly<Record<string, string | undefined>>,
): Folders {
  const state = core.stateDir === undefined ? stateDir(server, env) : join(core.stateDir, server);
  return { state, audit: core.auditDir ?? join(state, 'audit'), marks: core.auditMarks ?? join(state, 'marks') };
}

/** The Redis that replicas share; undefined where the state folder is enough: without one, and always over stdio. */
export async function sharedStore(server: string, core: CoreSettings, clock: Clock): Promise<GateStore | undefined> {
  if (core.transport !== 'http' || core.stateRedisUrl === undefined) return undefined;
  const { createRedisClient } = await import('../gate/redis/client.ts');
  const { redisStore } = await import('../gate/redis/store.ts');
  return redisStore(createRedisClient(core.stateRedisUrl), { server, clock });
}

/** The real parts, each module evaluated when it is first asked for. */
export function createProviders(options: ProviderOptions): Providers {
  const core = options.loaded.values as unknown as CoreSettings;
  const folders = foldersOf(options.server.name, core, options.env);
  const gateOptions = gateOptionsOf(options, core, folders.state);
  const audit = once(async () => {
    const { openLog } = await import('../audit/open-log.ts');
    return openLog({
      dir: folders.audit,
      marksDir: folders.marks,
      server: options.server.name,
      version: options.server.version,
      host: core.auditOrigin,
      key: core.auditKey,
      encryptionKey: core.encryptionKey,
      start: await startDetail(options),
      clock: options.clock,
    });
  });
  const redactor = once(async () => {
    const { createRedactor } = await import('../redact/index.ts');
    const { randomBytes } = await import('node:crypto');
    const { card, myNumber, mail, phone } = core.pii;
    return createRedactor({
      secrets: options.loaded.secrets,
      env: options.env,
      pii: { cards: card, myNumber, mail, phone },
      tagKey: randomBytes(32),
      exempt: ownWords,
    });
  });
  return {
    async access() {
      const { accessRules } = await import('../gate/access.ts');
      return accessRules(gateOptions);
    },
    async gate() {
      const { createGate } = await import('../gate/create-gate.ts');
      const redact = async <Shown>(shown: Shown) => (await (await redactor()).value(shown)).value as Shown;
      const store = await sharedStore(options.server.name, core, options.clock);
      return createGate({ ...gateOptions, redact, store });
    },
    redactor,
    firewall: () => import('../firewall/index.ts'),
    async state() {
      const { openState } = await import('../state/state.ts');
      const { randomUUID } = await import('node:crypto');
      const { lazyKey } = await import('../gate/key.ts');
      const { encryptionKey } = core;
      return openState({
        folder: folders.state,
        clock: options.clock,
        cacheTtlMs: core.cacheTtl === undefined ? undefined : core.cacheTtl * 1000,
        sealingKey:
          encryptionKey === undefined
            ? undefined
            : lazyKey({ encryptionKey, auditKey: undefined }, folders.state, 'state'),
        fault: options.fault,
        async evidence(item) {
          const id = randomUUID();
          await (await audit()).durable({ id, type: 'evidence', detail: item });
          return id;
        },
      });
    },
    async cursors() {
      const { createCursors } = await import('../results/cursor.ts');
      const { lazyKey } = await import('../gate/key.ts');
      const { randomBytes } = await import('node:crypto');
      // Without a state folder reads must still be served: their cursors then hold for this process only.
      const key = await lazyKey(gateOptions.keys, folders.state, 'cursor')().catch(() => randomBytes(32));
      return createCursors(key);
    },
    audit,
  };
}

function gateOptionsOf(options: ProviderOptions, core: CoreSettings, state: string): GateOptions {
  return {
    server: options.server.name,
    ceiling: core.allow,
    tools: core.tools,
    denyTools: core.denyTools,
    scopes: scopesOf(options),
    maxTargets: core.maxTargets,
    environment: core.environment,
    mode: core.confirm,
    stateDir: state,
    keys: { encryptionKey: core.encryptionKey, auditKey: core.auditKey },
    secondFactor: { approvers: core.approvalTotp, needed: core.approvals },
    clock: options.clock,
  };
}

/** Plan codes, cursors, ids of calls and operations: made here, and useless when damaged. */
const ownWords = /plan_[\w-]{16,200}|cur_[\w-]{8,800}|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A scope list that nobody set limits nothing. */
function scopesOf({ server, loaded }: ProviderOptions): readonly Scope[] {
  return Object.entries(server.settings).flatMap(([field, declared]) => {
    const globs = loaded.values[field];
    if (declared.scope === undefined || !Array.isArray(globs)) return [];
    if (globs.length === 0 && loaded.sources[field] === 'default') return [];
    const name = declared.flag === undefined ? (declared.env ?? declared.key ?? field) : `--${declared.flag}`;
    return [{ type: declared.scope, globs: globs as readonly string[], setting: name }];
  });
}

/** For `log.start`: digests by which a changed configuration or tool list is recognised; no values, as some are secret. */
async function startDetail({ server, loaded, listing }: ProviderOptions): Promise<Json> {
  const { createHash } = await import('node:crypto');
  const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const fields = { ...coreSettings, ...server.settings } as SettingsDeclaration;
  const open = Object.entries(loaded.values).filter(([field]) => fields[field]?.secret !== true);
  return { settings: digest(open), ...(listing ? { tools: digest(await listing()) } : {}) };
}
