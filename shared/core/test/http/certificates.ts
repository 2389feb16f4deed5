import { execFile, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Why no throw-away certificates can be made here; undefined when they can. */
export function missingOpenssl(): string | undefined {
  const found = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
  return found ? undefined : 'the openssl program is not installed';
}

export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority that exists for one test, in `dir`. */
export async function createAuthority(dir: string, name: string) {
  const file = (stem: string) => join(dir, `${name}-${stem}.pem`);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const openssl = (...parts: readonly (readonly string[])[]) => run('openssl', parts.flat());
  await openssl(
    ['req', '-x509', ...newKey, '-days', '1', '-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
    ['-keyout', file('ca-key'), '-out', file('ca')],
  );
  const issue = async (subject: string, extensions: string): Promise<Issued> => {
    const [keyFile, request, certFile, extra] = [
      file(`${subject}-key`),
      file(`${subject}-csr`),
      file(subject),
      file(`${subject}-ext`),
    ];
    await writeFile(extra, extensions);
    await openssl(['req', '-new', ...newKey, '-subj', `/CN=${subject}`, '-keyout', keyFile, '-out', request]);
    await openssl(
      ['x509', '-req', '-in', request, '-days', '1', '-CA', file('ca'), '-CAkey', file('ca-key')],
      ['-set_serial', '2', '-extfile', extra, '-out', certFile],
    );
    return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  };
  return {
    caFile: file('ca'),
    ca: await readFile(file('ca'), 'utf8'),
    server: () => issue('server', 'subjectAltName=IP:127.0.0.1,DNS:localhost'),
    client: () => issue('client', 'extendedKeyUsage=clientAuth'),
  };
}
