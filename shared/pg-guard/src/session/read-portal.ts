import type { ClientBase, FieldDef } from 'pg';
import type Cursor from 'pg-cursor';

const FIRST_ROWS = 10;
const BATCH_ROWS = 50;
/** UTF-16 units of text that a batch may be expected to hold, by the rows before it. */
const BATCH_UNITS = 2 * 1024 * 1024;

export interface ResultCaps {
  readonly maxRows: number;
  /** UTF-8 bytes of all values together. */
  readonly maxBytes: number;
  /** UTF-16 units of one value; longer ones are cut and their length told. */
  readonly maxValueLength: number;
}

export type Cell = string | number | boolean | null;

export interface PortalResult {
  readonly columns: readonly { readonly name: string; readonly typeOid: number }[];
  readonly rows: readonly (readonly Cell[])[];
  /** Values that were cut, with their full length in UTF-16 units. */
  readonly cut: readonly { readonly row: number; readonly column: number; readonly length: number }[];
  /** Why rows were left out, if any were. */
  readonly more: 'rows' | 'bytes' | undefined;
}

type Row = readonly (string | null)[];

const asText = { getTypeParser: () => (text: string) => text };

/**
 * Runs a text by the extended protocol and reads its rows by portal, at most 50 at a time, until a cap is reached; the server computes
 * no further batch then.
 */
export async function readPortal(
  client: ClientBase,
  sql: string,
  parameters: readonly unknown[],
  caps: ResultCaps,
): Promise<PortalResult> {
  const { default: PortalCursor } = await import('pg-cursor');
  const cursor = client.query(new PortalCursor(sql, parameters, { rowMode: 'array', types: asText }));
  const collector = createCollector(caps);
  // Cut as they come and emptied at once: a batch of wide rows would else be held whole until its last one.
  cursor.on('row', (row, { fields }) => {
    collector.add(row, fields);
    row.length = 0;
  });
  for (;;) {
    const wanted = collector.nextBatch();
    const { count, fields } = await readBatch(cursor, wanted);
    collector.name(fields);
    if (collector.isFull()) break;
    if (count < wanted) return collector.result();
  }
  await cursor.close();
  return collector.result();
}

async function readBatch(cursor: Cursor, wanted: number): Promise<{ count: number; fields: readonly FieldDef[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(wanted, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ count: rows.length, fields: result?.fields ?? [] });
    });
  });
}

interface Collector {
  /** Takes a row in, unless a cap is reached. */
  readonly add: (row: Row, fields: readonly FieldDef[]) => void;
  /** Of an answer without rows, too. */
  readonly name: (fields: readonly FieldDef[]) => void;
  readonly isFull: () => boolean;
  /** Rows to ask for: no more than are wanted, one to see that there are more, and fewer the wider they are. */
  readonly nextBatch: () => number;
  readonly result: () => PortalResult;
}

function createCollector(caps: ResultCaps): Collector {
  const kept: Cell[][] = [];
  const cut: { row: number; column: number; length: number }[] = [];
  let columns: PortalResult['columns'] = [];
  let more: PortalResult['more'];
  let bytes = 0;
  let units = 0;
  const name = (fields: readonly FieldDef[]): void => {
    columns = fields.map((field) => ({ name: field.name, typeOid: field.dataTypeID }));
  };
  return {
    name,
    add(row, fields) {
      if (more !== undefined) return;
      if (columns.length === 0) name(fields);
      if (kept.length >= caps.maxRows) {
        more = 'rows';
        return;
      }
      const cells = row.map((text, column) => cellOf(text, columns[column]?.typeOid, caps.maxValueLength));
      bytes += cells.reduce<number>((sum, cell) => sum + Buffer.byteLength(String(cell)), 0);
      if (bytes > caps.maxBytes) {
        more = 'bytes';
        return;
      }
      for (const [column, text] of row.entries()) {
        const length = text?.length ?? 0;
        units += length;
        if (length > caps.maxValueLength) cut.push({ row: kept.length, column, length });
      }
      kept.push(cells);
    },
    isFull: () => more !== undefined,
    nextBatch() {
      const most = kept.length === 0 ? FIRST_ROWS : Math.max(1, Math.floor((BATCH_UNITS * kept.length) / (units + 1)));
      return Math.min(BATCH_ROWS, most, caps.maxRows - kept.length + 1);
    },
    result: () => ({ columns, rows: kept, cut, more }),
  };
}

const BOOLEAN = 16;
/** int2, int4, oid, float4, float8: what a JavaScript number holds exactly. int8 and numeric stay text. */
const NUMBERS: readonly (number | undefined)[] = [21, 23, 26, 700, 701];

function cellOf(text: string | null, typeOid: number | undefined, maxLength: number): Cell {
  if (text === null) return null;
  if (typeOid === BOOLEAN) return text === 't';
  if (NUMBERS.includes(typeOid) && Number.isFinite(Number(text))) return Number(text);
  if (text.length <= maxLength) return text;
  // half of a surrogate pair would be no text
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
  // A slice keeps the whole text alive; its own copy does not.
  return Buffer.from(text.slice(0, end), 'utf16le').toString('utf16le');
}
