import { gunzipSync } from 'node:zlib';
import type { EnvelopeItem } from '../types.ts';

export interface ParsedEnvelope {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly items: readonly EnvelopeItem[];
  readonly raw: string;
}

function parseRecord(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // not an envelope
  }
}

function parsePayload(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text; // attachments are not JSON
  }
}

export function unpack(body: Buffer, encoding: string | undefined): Buffer {
  return encoding === 'gzip' ? gunzipSync(body) : body;
}

/** Header line, then per item a header line and its payload: `length` bytes, else one line. */
export function parseEnvelope(bytes: Buffer): ParsedEnvelope | undefined {
  let position = 0;
  const readLine = (): string => {
    const end = bytes.indexOf(10, position);
    const line = bytes.subarray(position, end === -1 ? bytes.length : end).toString('utf8');
    position = end === -1 ? bytes.length : end + 1;
    return line;
  };
  const headers = parseRecord(readLine());
  if (!headers) return undefined;
  const items: EnvelopeItem[] = [];
  while (position < bytes.length) {
    const line = readLine();
    if (line.trim() === '') continue;
    const item = parseRecord(line);
    if (!item) return undefined;
    const length = item['length'];
    if (typeof length === 'number') {
      items.push({
        headers: item,
        payload: parsePayload(bytes.subarray(position, position + length).toString('utf8')),
      });
      position += length + 1;
    } else items.push({ headers: item, payload: parsePayload(readLine()) });
  }
  return { headers, items, raw: bytes.toString('utf8') };
}
