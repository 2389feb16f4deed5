import { bytes, percent } from '@cinecom/mcp-core';
import type { Container } from '../../../model/container.ts';
import { memoryRatio, throttledRatio } from '../../stats/usage-of.ts';
import { endsOf } from '../ends-of.ts';
import type { ServiceFacts } from '../facts.ts';
import type { Rule } from '../symptom.ts';
import { named, toldEnd, whichOf } from '../words.ts';

const mebibyte = 1024 * 1024;

/** After a kill: a quarter more, at least 100 MiB. */
function raised(limitBytes: number): string {
  return `${Math.ceil(Math.max(limitBytes * 1.25, limitBytes + 100 * mebibyte) / mebibyte)}M`;
}

/** `mem_limit` where the file has that, else the key below `deploy`. */
function limitKey({ wanted }: ServiceFacts, old: string, name: string): readonly string[] {
  return wanted?.raw[old] === undefined ? ['deploy', 'resources', 'limits', name] : [old];
}

export const oomKilled: Rule = (service) => {
  const { containers, events, usage, name } = service;
  const ends = endsOf(service).filter(({ kind }) => kind === 'oom');
  const happened = events.filter(({ action }) => action === 'oom');
  const hit = containers.filter(
    ({ id, state }) => state.oomKilled || [...ends, ...happened].some(({ containerId }) => containerId === id),
  );
  if (hit.length + ends.length + happened.length === 0) return [];
  const limit = hit[0]?.limits.memoryBytes ?? service.wanted?.limits.memoryBytes;
  const used = Math.max(0, ...hit.map(({ id }) => usage.get(id)?.workingSetBytes ?? 0));
  const count = Math.max(ends.length, happened.length, hit.length);
  const key = limitKey(service, 'mem_limit', 'memory');
  const now = used > 0 ? `, ${bytes(used)} in use now` : ', peak not reported';
  return [
    {
      code: 'OOM_KILLED',
      confidence: 'certain',
      severity: 'warning',
      evidence: `the kernel killed it for want of memory ${count === 1 ? 'once' : `${count} times`}; ${limit === undefined ? 'no limit of its own' : `limit ${bytes(limit)}`}${now}`,
      threshold: 'no kill',
      fix:
        limit === undefined
          ? 'The host itself is out of memory: limit what grows, or give it more'
          : 'Raise the memory limit, or find what grows',
      path: ['services', name, ...key],
      ...(limit === undefined ? {} : { patch: `${key.join('.')}: ${raised(limit)}` }),
      seen: ends.length > 0 ? ends.slice(-3).map(toldEnd) : hit.map((one) => `${named(one)} is marked OOMKilled`),
    },
  ];
};

export const memoryPressure: Rule = (service) => {
  const { containers, usage, name } = service;
  const ratio = ({ id }: Container): number => usage.get(id)?.memoryRatio ?? 0;
  const [worst, ...rest] = containers.filter((one) => ratio(one) > memoryRatio).toSorted((a, b) => ratio(b) - ratio(a));
  if (worst === undefined) return [];
  const limit = worst.limits.memoryBytes ?? 0;
  const key = limitKey(service, 'mem_limit', 'memory');
  return [
    {
      code: 'MEM_PRESSURE',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf([worst, ...rest], service)}: ${bytes(usage.get(worst.id)?.workingSetBytes ?? 0)} in use, ${percent(ratio(worst))} of the limit of ${bytes(limit)}`,
      threshold: `${percent(memoryRatio)} of the limit`,
      fix: 'Raise the limit before the kernel kills it, or find what grows',
      path: ['services', name, ...key],
      patch: `${key.join('.')}: ${Math.ceil((limit * 1.25) / mebibyte)}M`,
      seen: [worst, ...rest].slice(0, 3).map((one) => `${named(one)}: ${percent(ratio(one))}`),
    },
  ];
};

export const cpuThrottled: Rule = (service) => {
  const { containers, usage, name } = service;
  const ratio = ({ id }: Container): number => usage.get(id)?.throttled ?? 0;
  const found = containers.filter((one) => ratio(one) > throttledRatio).toSorted((a, b) => ratio(b) - ratio(a));
  const [worst] = found;
  if (worst === undefined) return [];
  const used = usage.get(worst.id)?.cores ?? 0;
  const key = limitKey(service, 'cpus', 'cpus');
  return [
    {
      code: 'CPU_THROTTLED',
      confidence: 'certain',
      severity: 'warning',
      evidence: `${whichOf(found, service)}: had to wait in ${percent(ratio(worst))} of periods, ${used.toFixed(2)} cores used of ${worst.limits.cpus ?? 'no limit'}`,
      threshold: `${percent(throttledRatio)} of periods`,
      fix: 'Raise the CPU limit, or add replicas; compose_stats tells what it uses',
      path: ['services', name, ...key],
      seen: found.slice(0, 3).map((one) => `${named(one)}: ${percent(ratio(one))} of periods`),
    },
  ];
};
