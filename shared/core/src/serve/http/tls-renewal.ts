import type { TlsOptions } from 'node:tls';
import type { CallHost } from '../../call/host.ts';
import type { CoreSettings } from '../../settings/core-settings.ts';
import { readTls, type Surroundings } from './tls.ts';

/**
 * Certificates are renewed every few weeks, and a server runs for months: looks whether the files say something new, and
 * hands that on for new connections. Files that are wrong or half written are told, and change nothing.
 *
 * @param current what the files said at start
 */
export function createTlsRenewal(options: {
  readonly core: CoreSettings;
  readonly around: Surroundings;
  readonly current: TlsOptions;
  readonly use: (tls: TlsOptions) => void;
  readonly log: CallHost['log'];
}): () => Promise<void> {
  let { current } = options;
  let told = '';
  return async () => {
    const problems: string[] = [];
    const read = await readTls(options.core, options.around, (text) => void problems.push(text));
    const problem = problems.join('; ');
    if (problem !== '' && problem !== told) {
      options.log('warn', `TLS files have changed and cannot be used, so the old ones still are: ${problem}`);
    }
    told = problem;
    if (read === undefined || problem !== '') return;
    if (read.cert === current.cert && read.key === current.key && read.ca === current.ca) return;
    current = read;
    options.use(read);
    options.log('info', 'TLS files have changed and are used from now on');
  };
}
