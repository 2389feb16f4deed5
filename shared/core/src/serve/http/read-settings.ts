import type { TlsOptions } from 'node:tls';
import type { CoreSettings } from '../../settings/core-settings.ts';
import type { LoadedSettings } from '../../settings/loaded.ts';
import { type HttpConfig, readHttpConfig } from './config.ts';
import { type HttpProblem, unloadedSettings } from './problems.ts';
import { readTls, type Surroundings } from './tls.ts';

export type ReadSettings =
  | { readonly kind: 'settings'; readonly config: HttpConfig; readonly tls: TlsOptions | undefined }
  | { readonly kind: 'problems'; readonly problems: readonly HttpProblem[] };

/** Everything about HTTP that the settings say, or all that is wrong with it. */
export async function readSettings(
  loaded: LoadedSettings<Readonly<Record<string, unknown>>>,
  around: Surroundings,
): Promise<ReadSettings> {
  const core = loaded.values as unknown as CoreSettings;
  const problems: HttpProblem[] = [...unloadedSettings(loaded)];
  const complain = (text: string, fix: string): void => void problems.push({ text, fix });
  const config = readHttpConfig(core, complain);
  const tls = await readTls(core, around, complain);
  return problems.length > 0 ? { kind: 'problems', problems } : { kind: 'settings', config, tls };
}
