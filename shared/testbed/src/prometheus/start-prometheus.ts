import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startReaper } from '../host/reaper.ts';
import { serverProcess } from '../host/server-process.ts';
import { withFreePort } from '../host/with-free-port.ts';
import { createWorkFolder, sweepStaleFolders } from '../host/work-folder.ts';
import { BackendUnavailable } from '../unavailable.ts';
import { backfill } from './backfill.ts';
import { missingPrometheus, prometheusProgram } from './programs.ts';
import type { PrometheusGeneration, PrometheusOptions, PrometheusServer } from './types.ts';

const nothingScraped = 'global: { scrape_interval: 15s, evaluation_interval: 15s }\n';

/**
 * A real Prometheus on a free port of loopback, over a folder of its own, with history when it is given.
 *
 * Whatever ends this process, the server ends with it and its folder is removed.
 * @throws BackendUnavailable when this machine has none of that generation
 */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const { generation = 2, config = nothingScraped, files = {}, history, flags = [], lifecycle = true } = options;
  const missing = missingPrometheus(generation);
  if (missing !== undefined) throw new BackendUnavailable(missing);
  sweepStaleFolders();
  const folder = createWorkFolder();
  const reaper = startReaper(folder);
  const configFile = join(folder, 'prometheus.yml');
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  try {
    const data = join(folder, 'data');
    mkdirSync(data);
    for (const [name, text] of Object.entries(files)) write(name, text);
    if (history !== undefined) await backfill(data, history);
    const { port, running } = await withFreePort((port) => {
      write('prometheus.yml', config.replaceAll('{port}', String(port)));
      return serverProcess({
        program: prometheusProgram(generation),
        argv: argvOf({ generation, configFile, data, port, lifecycle, flags }),
        folder,
        ready: 'Server is ready to receive web requests',
      });
    });
    const url = `http://127.0.0.1:${port}`;
    const stop = async (): Promise<void> => {
      await running.down();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      reaper.dismiss();
    };
    const ask = (path: string, parameters?: Readonly<Record<string, string>>) => askApi(url, path, parameters);
    return { ...running, generation, url, port, folder, configFile, write, reload: () => reload(url), ask, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    reaper.dismiss();
    throw error;
  }
}

interface Launch {
  readonly generation: PrometheusGeneration;
  readonly configFile: string;
  readonly data: string;
  readonly port: number;
  readonly lifecycle: boolean;
  readonly flags: readonly string[];
}

function argvOf({ configFile, data, port, lifecycle, flags }: Launch): readonly string[] {
  return [
    `--config.file=${configFile}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // history of a test may be older than the 15 days of the default
    ...(flags.some((flag) => flag.startsWith('--storage.tsdb.retention'))
      ? []
      : ['--storage.tsdb.retention.time=400d']),
    ...(lifecycle ? ['--web.enable-lifecycle'] : []),
    ...flags,
  ];
}

async function reload(url: string): Promise<void> {
  const reply = await fetch(`${url}/-/reload`, { method: 'POST' });
  if (!reply.ok) throw new Error(`reload answered ${reply.status}: ${await reply.text()}`);
}

async function askApi(url: string, path: string, parameters: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const reply = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
  const body = (await reply.json()) as { readonly status: string; readonly data: unknown; readonly error?: string };
  if (body.status !== 'success') throw new Error(`${path} answered ${reply.status}: ${body.error}`);
  return body.data;
}
