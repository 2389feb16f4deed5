/** What Redis answers in protocol version 2. An error reply is a value here: others of the same flight may be fine. */
export type Reply = string | number | null | ReplyError | readonly Reply[];

export class ReplyError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const maxReplyBytes = 64 * 1024;
const maxElements = 4096;
const maxDepth = 4;
const lineEnd = '\r\n';

/** One command as an array of bulk strings: no byte of an argument has a meaning. */
export function encodeCommand(command: readonly string[]): Buffer {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}${lineEnd}${part}${lineEnd}`);
  return Buffer.from(`*${command.length}${lineEnd}${parts.join('')}`);
}

/**
 * Reads replies out of chunks of any size. The function returns those that are complete, and throws RangeError for what
 * is no reply, or one over 64 KiB; nothing more can be read then.
 */
export function createReplyReader(): (chunk: Buffer) => readonly Reply[] {
  let held: Buffer = Buffer.alloc(0);
  return (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const replies: Reply[] = [];
    for (;;) {
      const read = readReply(held, 0, 0);
      if (read === undefined) break;
      replies.push(read.reply);
      held = held.subarray(read.end);
    }
    if (held.length > maxReplyBytes) throw new RangeError('a reply over 64 KiB');
    return replies;
  };
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
}

/** @returns undefined when the reply is not complete yet */
function readReply(bytes: Buffer, start: number, depth: number): Read | undefined {
  if (start >= bytes.length) return undefined;
  const type = String.fromCharCode(bytes[start]!);
  if (!'+-:$*'.includes(type)) throw new RangeError('no reply of Redis');
  const at = bytes.indexOf(lineEnd, start + 1, 'latin1');
  if (at < 0) return undefined;
  const end = at + lineEnd.length;
  const text = bytes.toString('utf8', start + 1, at);
  if (type === '+') return { reply: text, end };
  if (type === '-') return { reply: new ReplyError(text), end };
  const value = wholeNumber(text);
  if (type === ':') return { reply: value, end };
  if (value === -1) return { reply: null, end };
  return type === '$' ? readBulk(bytes, end, value) : readArray(bytes, end, value, depth + 1);
}

function readBulk(bytes: Buffer, start: number, length: number): Read | undefined {
  if (length < 0 || length > maxReplyBytes) throw new RangeError('a reply over 64 KiB');
  const end = start + length + lineEnd.length;
  if (bytes.length < end) return undefined;
  if (bytes.toString('latin1', end - lineEnd.length, end) !== lineEnd) throw new RangeError('no reply of Redis');
  return { reply: bytes.toString('utf8', start, start + length), end };
}

function readArray(bytes: Buffer, start: number, count: number, depth: number): Read | undefined {
  if (count < 0 || count > maxElements || depth > maxDepth) throw new RangeError('a reply of too many parts');
  const reply: Reply[] = [];
  let end = start;
  for (let index = 0; index < count; index += 1) {
    const read = readReply(bytes, end, depth);
    if (read === undefined) return undefined;
    reply.push(read.reply);
    end = read.end;
  }
  return { reply, end };
}

function wholeNumber(text: string): number {
  const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new RangeError('no reply of Redis');
  return value;
}
