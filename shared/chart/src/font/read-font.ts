/** What layout needs of a font: which characters it draws, and how far each moves the pen. */
export interface FontMetrics {
  /** Advance widths by code point, in ems. Only characters with a glyph are in it. */
  readonly advances: ReadonlyMap<number, number>;
}

/**
 * Reads the character map and advance widths of a TrueType or OpenType font, of a collection its first font.
 *
 * @throws RangeError when the bytes are no such font (a WOFF file, a cut one)
 */
export function readFont(bytes: Uint8Array): FontMetrics {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tablesOf(view);
  const unitsPerEm = view.getUint16(tableAt(tables, 'head') + 18);
  const longMetrics = view.getUint16(tableAt(tables, 'hhea') + 34);
  const hmtx = tableAt(tables, 'hmtx');
  if (unitsPerEm === 0 || longMetrics === 0) throw new RangeError('the font has no widths');
  const advances = new Map<number, number>();
  eachMapping(view, tableAt(tables, 'cmap'), (codePoint, glyph) => {
    const advance = view.getUint16(hmtx + 4 * Math.min(glyph, longMetrics - 1));
    advances.set(codePoint, advance / unitsPerEm);
  });
  return { advances };
}

const sfntVersions = [0x00010000, 0x4f54544f, 0x74727565];
const collection = 0x74746366;

function tablesOf(view: DataView): ReadonlyMap<string, number> {
  const start = view.getUint32(0) === collection ? view.getUint32(12) : 0;
  if (!sfntVersions.includes(view.getUint32(start))) throw new RangeError('neither a TrueType nor an OpenType font');
  const tables = new Map<string, number>();
  for (let index = 0; index < view.getUint16(start + 4); index++) {
    const record = start + 12 + 16 * index;
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(record + byte)));
    tables.set(tag, view.getUint32(record + 8));
  }
  return tables;
}

function tableAt(tables: ReadonlyMap<string, number>, tag: string): number {
  const offset = tables.get(tag);
  if (offset === undefined) throw new RangeError(`the font has no table ${tag}`);
  return offset;
}

type Mapping = (codePoint: number, glyph: number) => void;

function eachMapping(view: DataView, cmap: number, found: Mapping): void {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const offset = cmap + view.getUint32(cmap + 4 + 8 * index + 4);
    return { offset, format: view.getUint16(offset) };
  });
  const full = subtables.find(({ format }) => format === 12);
  if (full) return eachOfGroups(view, full.offset, found);
  const basic = subtables.find(({ format }) => format === 4);
  if (basic) return eachOfSegments(view, basic.offset, found);
  throw new RangeError('the font maps no Unicode characters');
}

/** Format 12: groups of consecutive characters. */
function eachOfGroups(view: DataView, offset: number, found: Mapping): void {
  for (let index = 0; index < view.getUint32(offset + 12); index++) {
    const group = offset + 16 + 12 * index;
    const first = view.getUint32(group);
    const last = Math.min(view.getUint32(group + 4), 0x10ffff);
    const glyph = view.getUint32(group + 8);
    for (let code = first; code <= last; code++) if (glyph + code - first !== 0) found(code, glyph + code - first);
  }
}

/** Format 4: segments of the basic plane, by offset or through an array of glyphs. */
function eachOfSegments(view: DataView, offset: number, found: Mapping): void {
  const double = view.getUint16(offset + 6);
  for (let index = 0; index < double; index += 2) {
    const last = view.getUint16(offset + 14 + index);
    const first = view.getUint16(offset + 16 + double + index);
    const delta = view.getUint16(offset + 16 + 2 * double + index);
    const rangeAt = offset + 16 + 3 * double + index;
    const range = view.getUint16(rangeAt);
    for (let code = first; code <= last && code !== 0xffff; code++) {
      const listed = range === 0 ? code : view.getUint16(rangeAt + range + 2 * (code - first));
      const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
      if (glyph !== 0) found(code, glyph);
    }
  }
}
