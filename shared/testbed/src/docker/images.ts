import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { askEngine, type EngineCall } from './engine-api.ts';
import { busybox } from './programs.ts';
import { tarOf, type TarEntry } from './tar.ts';

export interface ImageOptions {
  /** `cinema/movie:2`. */
  readonly reference: string;
  /** Further files by absolute path; those under /bin and in a cgi-bin can be run. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default: sleeps. */
  readonly command?: readonly string[];
  /** Tell versions of one image apart: every difference gives another image id. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** On every image of the test bed, so that on somebody's engine it takes no reference of theirs. */
const mark = 'cinecom.testbed';

/**
 * Imports an image FROM scratch: busybox with all its applets, and what is given. No registry is asked.
 * @returns its id, `sha256:…`
 * @throws Error when the reference is there and not the test bed's
 */
export async function importImage(server: { readonly host: string }, options: ImageOptions): Promise<string> {
  const { reference, files = {}, command = ['sleep', '1000000'], labels = {}, environment = {} } = options;
  const colon = reference.lastIndexOf(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: reference.slice(0, colon), tag: reference.slice(colon + 1) });
  const settings = [
    'ENV PATH=/bin',
    `LABEL ${mark}=1`,
    ...Object.entries(environment).map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`),
    ...Object.entries(labels).map(([name, value]) => `LABEL ${name}=${JSON.stringify(value)}`),
    `CMD ${JSON.stringify(command)}`,
  ];
  for (const setting of settings) query.append('changes', setting);
  await refuseTheirs(server.host, reference);
  await sendImage({
    host: server.host,
    method: 'POST',
    path: `/images/create?${query.toString()}`,
    body: rootOf(files),
  });
  const image = (await askEngine({ host: server.host, path: `/images/${reference}/json` })) as { readonly Id: string };
  return image.Id;
}

/** A busy engine closes the connection now and then while the tar is on its way (`write EPIPE`): then once more. */
async function sendImage(call: EngineCall): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await askEngine(call);
      return;
    } catch (error) {
      const isClosed =
        error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ECONNRESET');
      if (!isClosed || tries === 3) throw error;
    }
  }
}

async function refuseTheirs(host: string, reference: string): Promise<void> {
  const filters = encodeURIComponent(JSON.stringify({ reference: [reference] }));
  const found = await askEngine({ host, path: `/images/json?filters=${filters}` });
  for (const { Labels } of found as readonly { readonly Labels: Readonly<Record<string, string>> | null }[]) {
    if (Labels?.[mark] === undefined) throw new Error(`${reference} is somebody else's on the engine at ${host}`);
  }
}

function rootOf(files: Readonly<Record<string, string>>): Buffer {
  const given = Object.entries(files).map(([path, content]) => ({ path: path.replace(/^\/+/, ''), content }));
  const folders = given.flatMap(({ path }) => foldersAbove(path));
  const known = ['bin', 'data', 'etc', 'tmp', 'www'];
  return tarOf([
    ...[...new Set([...known, ...folders])].map((path) => ({ path, mode: path === 'tmp' ? 0o1777 : 0o755 })),
    ...applets(),
    { path: 'etc/passwd', content: 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' },
    ...given.map((file) => ({ ...file, mode: /(^|-)bin\//.test(file.path) ? 0o755 : 0o644 })),
  ]);
}

/** Folders of a path from the top. */
function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '.' ? [] : [...foldersAbove(folder), folder];
}

let cached: readonly TarEntry[] | undefined;

function applets(): readonly TarEntry[] {
  const names = () => execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  cached ??= [
    { path: 'bin/busybox', mode: 0o755, content: readFileSync(busybox) },
    ...names()
      .filter((name) => name !== 'busybox')
      .map((name) => ({ path: `bin/${name}`, target: 'busybox' })),
  ];
  return cached;
}
