/** The one escaper: any text as a PromQL string literal. */
export function quoteLabelValue(value: string): string {
  const escaped = value.replace(/[\\"\u0000-\u001f\u007f]/g, (char) => {
    const short = shortEscapes[char];
    if (short !== undefined) return short;
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${escaped}"`;
}

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const unescaped: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** The value of a literal with its quotes, by the escapes of Go. */
export function unquote(
  literal: string,
): { readonly value: string } | { readonly problem: string; readonly at: number } {
  const quote = literal[0]!;
  if (literal.length < 2 || !literal.endsWith(quote)) return { problem: 'string is not closed', at: 0 };
  const body = literal.slice(1, -1);
  if (quote === '`') return { value: body };
  let value = '';
  for (let index = 0; index < body.length;) {
    const char = body[index]!;
    if (char === '\n') return { problem: 'a quoted string cannot go over lines', at: index + 1 };
    if (char !== '\\') {
      value += char;
      index += 1;
      continue;
    }
    const escape = readEscape(body.slice(index + 1), quote);
    if (escape === undefined) return { problem: 'unknown escape in a string', at: index + 1 };
    value += escape.value;
    index += 1 + escape.length;
  }
  return { value };
}

function readEscape(rest: string, quote: string): { readonly value: string; readonly length: number } | undefined {
  const first = rest[0] ?? '';
  if (first === quote) return { value: quote, length: 1 };
  const simple = unescaped[first];
  if (simple !== undefined) return { value: simple, length: 1 };
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
  if (hex) return codePoint(parseInt(hex[1] ?? hex[2] ?? hex[3]!, 16), hex[0].length);
  const octal = /^[0-7]{3}/.exec(rest);
  if (octal && parseInt(octal[0], 8) <= 255) return codePoint(parseInt(octal[0], 8), 3);
  return undefined;
}

function codePoint(code: number, length: number): { readonly value: string; readonly length: number } | undefined {
  if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
  return { value: String.fromCodePoint(code), length };
}
