/** One entry of a tar; a folder when it has neither content nor target. */
export interface TarEntry {
  /** Relative, at most 100 bytes. */
  readonly path: string;
  readonly mode?: number;
  readonly content?: string | Buffer;
  /** Makes it a symbolic link. */
  readonly target?: string;
}

const block = 512;

/** A tar in the ustar format, all of root and of time 0, so that the same entries give the same bytes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(partsOf), Buffer.alloc(2 * block)]);
}

function partsOf({ path, mode, content, target }: TarEntry): Buffer[] {
  const bytes = Buffer.from(content ?? '');
  const type = content !== undefined ? '0' : target !== undefined ? '2' : '5';
  const header = Buffer.alloc(block);
  if (Buffer.byteLength(path) > 100) throw new Error(`too long for a tar: ${path}`);
  header.write(path, 0);
  writeOctal(header, mode ?? (type === '5' ? 0o755 : 0o644), 100, 8);
  writeOctal(header, 0, 108, 8);
  writeOctal(header, 0, 116, 8);
  writeOctal(header, bytes.length, 124, 12);
  writeOctal(header, 0, 136, 12);
  header.write(' '.repeat(8) + type, 148); // the checksum counts its own field as spaces
  header.write(target ?? '', 157);
  header.write('ustar\x0000', 257);
  writeOctal(
    header,
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return [header, bytes, Buffer.alloc((block - (bytes.length % block)) % block)];
}

function writeOctal(header: Buffer, value: number, offset: number, width: number): void {
  header.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset);
}
