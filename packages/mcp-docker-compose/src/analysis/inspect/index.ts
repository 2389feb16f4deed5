import { createMask } from '../secrets/secret-names.ts';
import { environmentRows, labelRows } from './environment.ts';
import { healthRows } from './health.ts';
import { limitRows, mountRows, networkRows } from './resources.ts';
import type { InspectedService, SectionRow } from './section.ts';
import { summaryRows } from './summary.ts';

export const sections = ['summary', 'env', 'mounts', 'networks', 'health', 'limits', 'labels'] as const;
export type Section = (typeof sections)[number];

const rowsOf: Readonly<Record<Section, (inspected: InspectedService) => readonly SectionRow[]>> = {
  summary: summaryRows,
  env: environmentRows,
  mounts: mountRows,
  networks: networkRows,
  health: healthRows,
  limits: limitRows,
  labels: labelRows,
};

/** Rows of a section of a service: as the files ask for it, beside how its containers are; without secrets. */
export function inspectSection(section: Section, inspected: InspectedService): readonly SectionRow[] {
  const { service, containers } = inspected;
  const mask = createMask([service?.environment ?? {}, ...containers.map(({ environment }) => valuesOf(environment))]);
  return rowsOf[section](inspected).map((row) => ({ ...row, file: mask(row.file), live: mask(row.live) }));
}

function valuesOf(environment: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    environment.map((entry) => {
      const at = entry.indexOf('=');
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
