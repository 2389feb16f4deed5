import { createSecureContext, type TlsOptions } from 'node:tls';
import type { CoreSettings } from '../../settings/core-settings.ts';
import { readSmallFile, settingPath } from '../../settings/files.ts';
import type { Complain } from './problems.ts';

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Certificate, key and the authority of clients; undefined without TLS. What is wrong with the files is told. */
export async function readTls(
  core: CoreSettings,
  around: Surroundings,
  complain: Complain,
): Promise<TlsOptions | undefined> {
  const { tlsCert, tlsKey, tlsClientCa } = core;
  if (tlsCert === undefined && tlsKey === undefined && tlsClientCa === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? '--tls-cert' : '--tls-key';
    complain(`TLS is half set: ${missing} is missing`, 'Set both --tls-cert and --tls-key, or no --tls- setting.');
    return undefined;
  }
  const read = (flag: string, path: string | undefined) => readPem(flag, path, around, complain);
  const cert = await read('--tls-cert', tlsCert);
  const key = await read('--tls-key', tlsKey);
  const ca = await read('--tls-client-ca', tlsClientCa);
  if (cert === undefined || key === undefined) return undefined;
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const why = (error as { readonly code?: string }).code ?? 'they cannot be read';
    complain(
      `--tls-cert and --tls-key do not work together: ${why}`,
      'Give the PEM certificate with its chain, and the PEM private key without passphrase that belongs to it.',
    );
  }
  if (ca === undefined) return { cert, key, minVersion: 'TLSv1.2' };
  // Never `rejectUnauthorized: false` with a look at `authorized` later: a resumed TLS 1.3 session passes that look.
  return { cert, key, ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' };
}

async function readPem(
  flag: string,
  path: string | undefined,
  { cwd, env }: Surroundings,
  complain: Complain,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const file = await readSmallFile(settingPath(path, cwd, env));
  const kind = flag === '--tls-key' ? 'PRIVATE KEY-----' : '-----BEGIN CERTIFICATE-----';
  if (!file.ok) complain(`${flag}: ${path} cannot be read: ${file.why}`, `Correct the path after ${flag}.`);
  else if (!file.text.includes(kind)) complain(`${flag}: ${path} is not PEM`, `It must hold a line ${kind}`);
  else return file.text;
  return undefined;
}
