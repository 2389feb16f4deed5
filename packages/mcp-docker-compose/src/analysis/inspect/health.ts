import { duration } from '@cinecom/mcp-core';
import type { Healthcheck } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import { compared, type InspectedService, lineOf, type SectionRow } from './section.ts';

const shownProbes = 3;

/** The check as asked for and as it runs; then of each container its state and its last probes. */
export function healthRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers } = inspected;
  // without one in the file the image may have its own
  const asked = service === undefined || service.raw.healthcheck === undefined ? undefined : service.healthcheck;
  const row = (item: string, write: (check: Healthcheck) => string): SectionRow =>
    compared(
      item,
      asked === undefined ? undefined : write(asked),
      containers.map(({ health }) => (health === undefined ? 'none' : write(health))),
    );
  return [
    { ...row('test', ({ test }) => test.join(' ')), line: lineOf(inspected, 'healthcheck') },
    row('interval', ({ intervalMs }) => duration(intervalMs)),
    row('timeout', ({ timeoutMs }) => duration(timeoutMs)),
    row('retries', ({ retries }) => String(retries)),
    row('start period', ({ startPeriodMs }) => duration(startPeriodMs)),
    ...containers.flatMap(probesOf),
  ];
}

function probesOf({ name, health }: Container): readonly SectionRow[] {
  if (health === undefined) return [];
  const state = `${health.status}${health.failingStreak > 0 ? `, ${health.failingStreak} failures in a row` : ''}`;
  const probes = health.log.slice(-shownProbes).map(({ startedAt, endedAt, exitCode, output }): SectionRow => {
    const took = `exit ${exitCode} after ${duration(endedAt - startedAt)}`;
    return {
      item: 'probe',
      file: '',
      live: output === '' ? took : `${took}: ${output.trim().slice(0, 150)}`,
      differs: undefined,
    };
  });
  return [{ item: name, file: '', live: state, differs: undefined }, ...probes];
}
