import { duration } from '@cinecom/mcp-core';
import type { ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import { compared, differsIn, type InspectedService, lineOf, type SectionRow, together } from './section.ts';

/** What the service is and how it is run. */
export function summaryRows(inspected: InspectedService): readonly SectionRow[] {
  const { service, containers } = inspected;
  const row = (
    item: string,
    ofFile: (one: ComposeService) => string,
    ofLive: (one: Container) => string,
    key: string,
  ) => ({
    item,
    file: service === undefined ? '' : ofFile(service),
    live: together(containers.map(ofLive)),
    differs: differsIn(inspected, key),
    line: lineOf(inspected, key),
  });
  const words = (list: readonly string[] | undefined): string => (list ?? []).join(' ');
  return [
    row(
      'image',
      ({ image }) => image,
      ({ image }) => image,
      'image',
    ),
    row(
      'entrypoint',
      ({ entrypoint }) => words(entrypoint),
      ({ entrypoint }) => words(entrypoint),
      'entrypoint',
    ),
    row(
      'command',
      ({ command }) => words(command),
      ({ command }) => words(command),
      'command',
    ),
    row(
      'restart',
      ({ restart }) => restart,
      ({ restartPolicy }) => restartPolicy,
      'restart',
    ),
    row('ports', wantedPorts, livePorts, 'ports'),
    row(
      'stop signal',
      ({ stopSignal = '' }) => stopSignal,
      ({ stopSignal }) => stopSignal,
      'stop_signal',
    ),
    row('grace period', graceOf, ({ stopGraceMs }) => duration(stopGraceMs), 'stop_grace_period'),
    { ...replicas(inspected), line: lineOf(inspected, 'deploy', 'replicas') ?? lineOf(inspected, 'scale') },
    dependencies(inspected),
  ].filter(({ file, live }) => file !== '' || live !== '');
}

function wantedPorts({ ports }: ComposeService): string {
  return ports
    .map(({ address, published, target, protocol }) => `${address}:${published}->${target}/${protocol}`)
    .join(' ');
}

function livePorts({ wantedPorts: ports }: Container): string {
  return ports.join(' ');
}

function graceOf({ stopGraceMs }: ComposeService): string {
  return stopGraceMs === undefined ? '' : duration(stopGraceMs);
}

function replicas({ service, containers }: InspectedService): SectionRow {
  const running = containers.filter(({ state }) => state.status === 'running').length;
  return compared('replicas running', service === undefined ? undefined : String(service.replicas), [String(running)]);
}

function dependencies(inspected: InspectedService): SectionRow {
  const list = [...(inspected.service?.dependsOn ?? [])].map(([name, { condition }]) => `${name} (${condition})`);
  return {
    item: 'depends on',
    file: list.join(', '),
    live: '',
    differs: undefined,
    line: lineOf(inspected, 'depends_on'),
  };
}
