import { bytes, type Finding, percent } from '@cinecom/mcp-core';
import { isRead } from '../../model/part.ts';
import { notRead, type Check } from './types.ts';

const full = { warning: 0.8, critical: 0.9 } as const;

export const storage: Check = {
  name: 'storage',
  weight: 1,
  cheap: true,
  run({ databases }, { capacityBytes }) {
    if (!isRead(databases)) return notRead('storage', databases.missing);
    const checksums = databases.value.flatMap((one): Finding[] =>
      (one.checksumFailures ?? 0) > 0
        ? [
            {
              id: 'checksum_failures',
              severity: 'critical',
              object: `database ${one.name}`,
              evidence: `${one.checksumFailures} pages failed their checksum`,
              threshold: '0',
              fix: 'Suspect the storage; verify with pg_amcheck and have a good backup at hand before anything else',
            },
          ]
        : [],
    );
    const used = databases.value.reduce((sum, one) => sum + (one.sizeBytes ?? 0), 0);
    const note = `databases ${bytes(used)}`;
    if (capacityBytes === undefined) {
      const why = 'SQL cannot see the disk: set --capacity to its bytes';
      return { findings: checksums, notExamined: [{ what: 'free disk space', why }], note };
    }
    return { findings: [...checksums, ...judgeFilling(used, capacityBytes, 'databases')], notExamined: [], note };
  },
};

/** How full the data disk is. `what` names what `used` bytes are. */
export function judgeFilling(used: number, capacity: number, what: string): readonly Finding[] {
  const ratio = used / capacity;
  if (ratio < full.warning) return [];
  const severity = ratio >= full.critical ? 'critical' : 'warning';
  return [
    {
      id: severity === 'critical' ? 'disk_full' : 'disk_filling',
      severity,
      object: 'data disk',
      evidence: `${what} take ${bytes(used)} of ${bytes(capacity)}, ${percent(ratio)}`,
      threshold: percent(full[severity]),
      fix: 'Find what grew; free space or a larger disk',
      next: { tool: 'pg_storage', args: {} },
    },
  ];
}
