import type { ClientBase, FieldDef } from 'pg';
import type Cursor from 'pg-cursor';

const BATCH_ROWS = 50;

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
 * Runs a text by the extended protocol and reads its rows by portal, 50 at a time, until a cap is reached; the server computes
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
  for (;;) {
    const { rows, fields } = await readBatch(cursor);
    if (!collector.add(rows, fields)) break;
    if (rows.length < BATCH_ROWS) return collector.result();
  }
  await cursor.close();
  return collector.result();
}

async function readBatch(cursor: Cursor): Promise<{ rows: readonly Row[]; fields: readonly FieldDef[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(BATCH_ROWS, (error, rows, result) => {
      if (error) reject(error);
      else resolve({ rows, fields: result?.fields ?? [] });
    });
  });
}

interface Collector {
  /** False once a cap is reached. */
  readonly add: (rows: readonly Row[], fields: readonly FieldDef[]) => boolean;
  readonly result: () => PortalResult;
}

function createCollector(caps: ResultCaps): Collector {
  const kept: Cell[][] = [];
  const cut: { row: number; column: number; length: number }[] = [];
  let columns: PortalResult['columns'] = [];
  let more: PortalResult['more'];
  let bytes = 0;
  const keep = (row: Row): boolean => {
    if (kept.length >= caps.maxRows) more = 'rows';
    const cells = row.map((text, column) => cellOf(text, columns[column]?.typeOid, caps.maxValueLength));
    bytes += cells.reduce<number>((sum, cell) => sum + Buffer.byteLength(String(cell)), 0);
    if (bytes > caps.maxBytes) more ??= 'bytes';
    if (more !== undefined) return false;
    for (const [column, text] of row.entries()) {
      const length = text?.length ?? 0;
      if (length > caps.maxValueLength) cut.push({ row: kept.length, column, length });
    }
    kept.push(cells);
    return true;
  };
  return {
    add(rows, fields) {
      columns = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
      return rows.every(keep);
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
  return text.slice(0, end);
}
