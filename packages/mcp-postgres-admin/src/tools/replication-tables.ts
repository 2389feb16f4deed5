import { bytes, duration, outside, table } from '@cinecom/mcp-core';
import * as z from 'zod';

const shownRows = 20;

const lag = z.number().optional().describe('bytes behind the end of WAL');
export const sender = z.strictObject({
  from: z.string(),
  standby: outside(z.string()),
  address: outside(z.string()).optional(),
  state: z.string(),
  sync: z.string(),
  sent: lag,
  write: lag,
  flush: lag,
  replay: lag,
  lagMs: z.number().optional(),
  slot: outside(z.string()).optional(),
});
export const slot = z.strictObject({
  on: z.string(),
  slot: outside(z.string()),
  kind: z.string(),
  active: z.boolean(),
  keeps: z.number().optional().describe('bytes'),
  walStatus: z.string(),
  safe: z.number().optional().describe('bytes until WAL it needs is removed'),
  inactiveMs: z.number().optional(),
  limit: z.string().optional(),
  limitInMs: z.number().optional().describe('at the measured WAL rate'),
});
export const server = z.strictObject({
  server: z.string(),
  role: z.string(),
  receiver: z.string(),
  from: outside(z.string()).optional(),
  behind: z.number().optional().describe('bytes that the primary has and it has not replayed'),
  waiting: z.number().optional().describe('bytes received and not replayed'),
  replay: z.string(),
  delayMs: z.number(),
  timeline: z.int().optional(),
  systemId: z.string(),
  conflicts: outside(z.string()).optional(),
  standbys: z.int().describe('that follow it'),
});

const sized = (value: number | undefined): string | undefined => (value === undefined ? undefined : bytes(value));
const timed = (value: number | undefined): string | undefined => (value === undefined ? undefined : duration(value));

/** What each server says of itself. */
export function serverTable(rows: readonly z.output<typeof server>[]): string {
  return shown(
    rows,
    ({ behind, waiting, delayMs, standbys, systemId, ...row }) => ({
      ...row,
      cluster: row.role === 'another cluster' ? systemId : undefined,
      behind: sized(behind),
      'not replayed': sized(waiting),
      delay: delayMs === 0 ? undefined : duration(delayMs),
      standbys: standbys === 0 ? undefined : standbys,
    }),
    [
      'server',
      'role',
      'receiver',
      'from',
      'behind',
      'not replayed',
      'replay',
      'delay',
      'timeline',
      'cluster',
      'conflicts',
      'standbys',
    ],
  );
}

/** By stage, as far as the WAL has come. */
export function senderTable(rows: readonly z.output<typeof sender>[]): string {
  return shown(
    rows,
    ({ sent, write, flush, replay, lagMs, ...row }) => ({
      ...row,
      sent: sized(sent),
      write: sized(write),
      flush: sized(flush),
      replay: sized(replay),
      time: timed(lagMs),
    }),
    ['from', 'standby', 'address', 'state', 'sync', 'sent', 'write', 'flush', 'replay', 'time', 'slot'],
  );
}

/** What slots keep, and until when. */
export function slotTable(rows: readonly z.output<typeof slot>[]): string {
  return shown(
    rows,
    ({ keeps, safe, inactiveMs, limit, limitInMs, ...row }) => ({
      ...row,
      keeps: sized(keeps),
      safe: sized(safe),
      'inactive for': timed(inactiveMs),
      'full in': limitInMs === undefined ? undefined : `${duration(limitInMs)} (${limit})`,
    }),
    ['on', 'slot', 'kind', 'active', 'keeps', 'walStatus', 'safe', 'inactive for', 'full in'],
  );
}

function shown<Row, Cells extends object>(
  rows: readonly Row[],
  cells: (row: Row) => Cells,
  columns: readonly (keyof Cells & string)[],
): string {
  const more = rows.length > shownRows ? `\n${shownRows} of ${rows.length} shown.` : '';
  return `${table(rows.slice(0, shownRows).map(cells), columns)}${more}`;
}
