import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../host/command.ts';

/** PEM texts of a throw-away authority and of a server certificate it signed. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** a file that holds `ca` */
  readonly caFile: string;
  /** Deletes `caFile`. */
  remove(): void;
}

/** Why no certificate can be made here; undefined when it can. */
export function missingOpenssl(): string | undefined {
  const found = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
  return found ? undefined : 'the openssl program is not installed';
}

/** Valid for a day, for the given names and 127.0.0.1; wildcards as `*.sentry.io` are allowed. */
export async function makeCertificate(options: { readonly names: readonly string[] }): Promise<Certificate> {
  const folder = mkdtempSync(join(tmpdir(), 'cinecom-certificate-'));
  const file = (name: string): string => join(folder, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['IP:127.0.0.1', 'DNS:localhost', ...options.names.map((name) => `DNS:${name}`)];
  writeFileSync(file('extensions'), `subjectAltName=${names.join(',')}\n`);
  const authority = ['-days', '1', '-subj', '/CN=throw-away authority', '-addext', 'basicConstraints=critical,CA:TRUE'];
  await command('openssl', [
    'req',
    '-x509',
    ...newKey,
    ...authority,
    '-keyout',
    file('ca-key'),
    '-out',
    file('ca.pem'),
  ]);
  await command('openssl', [
    'req',
    '-new',
    ...newKey,
    '-subj',
    '/CN=server',
    '-keyout',
    file('key'),
    '-out',
    file('csr'),
  ]);
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca-key'), '-set_serial', '2', '-extfile', file('extensions')];
  await command('openssl', ['x509', '-req', '-in', file('csr'), '-days', '1', ...signing, '-out', file('cert')]);
  return {
    ca: readFileSync(file('ca.pem'), 'utf8'),
    cert: readFileSync(file('cert'), 'utf8'),
    key: readFileSync(file('key'), 'utf8'),
    caFile: file('ca.pem'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
