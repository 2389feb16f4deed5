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
    return { findings: [...checksums, ...filling(used, capacityBytes)], notExamined: [], note };
  },
};

function filling(used: number, capacity: number): readonly Finding[] {
  const ratio = used / capacity;
  if (ratio < full.warning) return [];
  const severity = ratio >= full.critical ? 'critical' : 'warning';
  return [
    {
      id: severity === 'critical' ? 'disk_full' : 'disk_filling',
      severity,
      object: 'data disk',
      evidence: `databases take ${bytes(used)} of ${bytes(capacity)}, ${percent(ratio)}, without WAL and logs`,
      threshold: percent(full[severity]),
      fix: 'Find what grew; free space or a larger disk',
    },
  ];
}
