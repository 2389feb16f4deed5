import { fromBase64, leafHash, toBase64, type Digest } from '../format/hash.ts';
import { parseCheckpoint } from '../format/checkpoint.ts';
import { verifyInclusion } from '../format/merkle.ts';
import { parseVkey, verifyNote } from '../format/note.ts';

/** An inclusion proof in the form of C2SP `tlog-proof@v1`. */
export interface InclusionProof {
  readonly index: number;
  readonly hashes: readonly Digest[];
  /** The signed checkpoint, verbatim. */
  readonly note: string;
  /** Not authenticated by itself. */
  readonly extra: string | undefined;
}

export interface ProofVerdict {
  readonly ok: boolean;
  readonly words: string;
  /** The log and size that vouch for the record; present when ok. */
  readonly origin: string | undefined;
  readonly size: number | undefined;
  readonly index: number | undefined;
}

const header = 'c2sp.org/tlog-proof@v1';

/** @see https://c2sp.org/tlog-proof */
export function formatProof({ index, hashes, note, extra }: InclusionProof): string {
  const extraLine = extra === undefined ? '' : `extra ${Buffer.from(extra).toString('base64')}\n`;
  return `${header}\n${extraLine}index ${index}\n${hashes.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`;
}

/** @returns undefined for text that is no proof */
export function parseProof(text: string): InclusionProof | undefined {
  const end = text.indexOf('\n\n');
  const lines = text.slice(0, end).split('\n');
  if (end < 0 || lines.shift() !== header) return undefined;
  const extra = lines[0]?.startsWith('extra ') === true ? decodeExtra(lines.shift() ?? '') : undefined;
  const [, index] = /^index (0|[1-9]\d{0,15})$/.exec(lines.shift() ?? '') ?? [];
  const hashes = lines.map((line) => fromBase64(line));
  if (index === undefined || extra === false || !hashes.every((hash) => hash !== undefined)) return undefined;
  return { index: Number(index), hashes, note: text.slice(end + 2), extra };
}

/**
 * Checks a proof offline, with nothing but the public key.
 *
 * @param proof text of `proveRecord`
 * @param line the raw record, without newline; default the proof's own `extra`
 * @throws RangeError when `vkey` is no verifier key
 */
export function verifyProof({
  proof,
  line,
  vkey,
}: {
  proof: string;
  line?: string | undefined;
  vkey: string;
}): ProofVerdict {
  const parsed = parseProof(proof);
  const record = line ?? parsed?.extra;
  if (parsed === undefined) return refused('This is no proof of the form tlog-proof@v1.');
  if (record === undefined) return refused('The proof does not carry the record, so it must be given.');
  const note = verifyNote(parsed.note, [parseVkey(vkey)]);
  if (!note.ok) {
    return refused(
      note.reason === 'unknown-key'
        ? 'The checkpoint is signed with another key.'
        : 'The signature of the checkpoint is wrong.',
    );
  }
  const head = parseCheckpoint(note.text);
  const name = vkey.slice(0, vkey.indexOf('+'));
  if (head === undefined || !head.origin.startsWith(`${name}/`))
    return refused('The checkpoint is not about a log of that key.');
  const leaf = leafHash(Buffer.from(record));
  if (!verifyInclusion(leaf, parsed.index, head.size, parsed.hashes, head.root)) {
    return refused('The record is not in the log of that checkpoint: record or proof has been changed.');
  }
  const words = `The record is number ${parsed.index} of ${head.size} in ${head.origin}, as signed.`;
  return { ok: true, words, origin: head.origin, size: head.size, index: parsed.index };
}

/** @returns false when the text is not canonical base64 of UTF-8 */
function decodeExtra(line: string): string | false {
  const encoded = line.slice('extra '.length);
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes.toString('utf8') : false;
}

function refused(words: string): ProofVerdict {
  return { ok: false, words, origin: undefined, size: undefined, index: undefined };
}
