import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../host/folders.ts';
import { systemPrograms } from '../system-programs.ts';
import type { PrometheusGeneration } from './types.ts';

/** Where a generation's program would be: the newer one at `TESTBED_PROMETHEUS3`, else where `.ci/backends` builds it. */
export function prometheusProgram(generation: PrometheusGeneration): string {
  if (generation === 2) return systemPrograms.prometheus.path;
  return process.env.TESTBED_PROMETHEUS3 || join(cacheFolder(), 'prometheus3', 'prometheus');
}

/** Why `startPrometheus` would find nothing to start; `undefined` when it would. */
export function missingPrometheus(generation: PrometheusGeneration = 2): string | undefined {
  if (!existsSync(systemPrograms.promtool.path)) return 'no Prometheus here; install the package prometheus';
  if (existsSync(prometheusProgram(generation))) return undefined;
  return 'no Prometheus 3 here; TESTBED_PROMETHEUS3 may name its program, and .ci/backends builds one';
}
