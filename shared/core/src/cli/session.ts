import type { CallHost } from '../call/host.ts';
import { once } from '../call/once.ts';
import type { Providers } from '../call/parts.ts';
import type { Runtime } from '../call/runtime.ts';
import type { Server } from '../define/server.ts';
import { faultReportsOf } from '../monitor/reports-of.ts';
import type { CoreSettings } from '../settings/core-settings.ts';
import type { LoadedSettings } from '../settings/loaded.ts';
import type { SettingsDeclaration } from '../settings/setting.ts';
import type { CommandLine } from './command-line.ts';
import type { World } from './world.ts';

/** What every subcommand works with. */
export interface Session {
  readonly server: Server;
  /** The server's settings and the core's. */
  readonly fields: SettingsDeclaration;
  readonly line: CommandLine;
  readonly loaded: LoadedSettings<Readonly<Record<string, unknown>>>;
  readonly core: CoreSettings;
  readonly world: World;
  readonly runtime: Runtime;
  readonly clean: Cleaner;
}

/** What may hold the words of outsiders or of a backend, as it may leave: redacted, stripped, outsiders fenced. */
export interface Cleaner {
  text(text: string): Promise<string>;
  /** As indented JSON. */
  json(value: unknown): Promise<string>;
}

/** The runtime of one process, from its settings. Neither touches a file before it is used. */
export async function openRuntime(
  server: Server,
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  world: Pick<World, 'env' | 'clock' | 'err'>,
  { isDaemon = false }: { readonly isDaemon?: boolean } = {},
): Promise<{ readonly runtime: Runtime; readonly clean: Cleaner }> {
  const [{ createRuntime }, { createProviders }] = await Promise.all([
    import('../call/runtime.ts'),
    import('../call/providers.ts'),
  ]);
  const { env, clock } = world;
  let log: CallHost['log'] = () => undefined;
  const fault = (error: unknown) => log('error', stackOf(error));
  const given = createProviders({ server, loaded, env, clock, fault });
  const providers = { ...given, firewall: once(() => given.firewall()) };
  const runtime: Runtime = createRuntime(server, loaded, {
    providers,
    clock,
    writeLog: (line) => world.err(line),
    session: env['CLAUDE_CODE_SESSION_ID'],
    ...(isDaemon ? { stays: 'daemon' } : {}),
    observers: await faultReportsOf(server, loaded.values as unknown as CoreSettings, () => runtime),
  });
  log = (level, text) => runtime.log(level, text);
  return { runtime, clean: createCleaner(providers, server.title) };
}

/** Without the other parts of the pipeline: `verify` must not even make a state folder. */
function createCleaner(providers: Pick<Providers, 'redactor' | 'firewall'>, source: string): Cleaner {
  const parts = () => Promise.all([providers.firewall(), providers.redactor()]);
  return {
    async text(text) {
      const [firewall, redactor] = await parts();
      return firewall.closeFences((await redactor.text(text)).value, source);
    },
    async json(value) {
      const [firewall, redactor] = await parts();
      return `${JSON.stringify((await redactor.value(firewall.stripDeep(value))).value, null, 2)}\n`;
    },
  };
}

export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : 'a fault without a stack';
}
