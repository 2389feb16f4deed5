import type { Labels } from '../series.ts';

/** What a template of a label can refer to. */
export interface TemplateData {
  readonly labels: Labels;
  readonly value: number;
  readonly externalLabels: Labels;
}

/** A template that only the server can expand. */
export interface UnknownTemplate {
  readonly unsupported: string;
}

/** A label's template, read once and expanded for each result. */
export interface LabelTemplate {
  /** Whether each value makes another label, and so another alert. */
  readonly usesValue: boolean;
  expand(data: TemplateData): string;
}

type Piece = string | ((data: TemplateData) => string);

const action = /\{\{-?\s*(.*?)\s*-?\}\}/gs;

/**
 * The part of Go templates that labels of rules use: `$labels.x`, `.Labels.x`, `$value`, `.Value`, `$externalLabels.x`,
 * `index $labels "x"`, and the functions `toUpper`, `toLower`, `title`, `printf "%.2f"` of the value.
 */
export function readLabelTemplate(text: string): LabelTemplate | UnknownTemplate {
  const pieces: Piece[] = [];
  let usesValue = false;
  let last = 0;
  for (const found of text.matchAll(action)) {
    pieces.push(text.slice(last, found.index));
    const read = readAction(found[1] ?? '');
    if (read === undefined) return { unsupported: found[0] };
    usesValue ||= read.usesValue;
    pieces.push(read.piece);
    last = found.index + found[0].length;
  }
  const rest = text.slice(last);
  if (rest.includes('{{')) return { unsupported: rest };
  pieces.push(rest);
  return {
    usesValue,
    expand: (data) => pieces.map((piece) => (typeof piece === 'string' ? piece : piece(data))).join(''),
  };
}

function readAction(
  text: string,
): { readonly piece: (data: TemplateData) => string; readonly usesValue: boolean } | undefined {
  const [head = '', ...functions] = text.split('|').map((part) => part.trim());
  const printed = /^printf\s+"([^"]*)"\s+(\$value|\.Value)$/.exec(head);
  if (printed !== null && functions.length === 0) return printedValue(printed[1] ?? '');
  const from = operand(head);
  if (from === undefined) return undefined;
  if (functions.length === 1 && from.usesValue) {
    const format = /^printf\s+"([^"]*)"$/.exec(functions[0] ?? '');
    return format === null ? undefined : printedValue(format[1] ?? '');
  }
  const changes = functions.map((name) => textFunctions[name]);
  if (changes.includes(undefined) || (from.usesValue && changes.length > 0)) return undefined;
  return {
    usesValue: from.usesValue,
    piece: (data) => changes.reduce((done, change) => change!(done), from.read(data)),
  };
}

const textFunctions: Readonly<Record<string, (text: string) => string>> = {
  toUpper: (text) => text.toUpperCase(),
  toLower: (text) => text.toLowerCase(),
  title: (text) => text.replaceAll(/(^|\s)(\S)/g, (all) => all.toUpperCase()),
};

function operand(
  text: string,
): { readonly read: (data: TemplateData) => string; readonly usesValue: boolean } | undefined {
  if (text === '$value' || text === '.Value') return { usesValue: true, read: ({ value }) => goFloat(value) };
  const found =
    /^(\$labels|\.Labels|\$externalLabels|\.ExternalLabels)\.([A-Za-z_]\w*)$/.exec(text) ??
    /^index\s+(\$labels|\.Labels|\$externalLabels|\.ExternalLabels)\s+"([^"\\]*)"$/.exec(text);
  if (found === null) return undefined;
  const [, from = '', name = ''] = found;
  const isOwn = from === '$labels' || from === '.Labels';
  return { usesValue: false, read: ({ labels, externalLabels }) => ownValue(isOwn ? labels : externalLabels, name) };
}

/** A label may be called `constructor`, and an object that lacks it has one all the same. */
function ownValue(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

function printedValue(format: string) {
  const found = /^([^%]*)%\.(\d)f([^%]*)$/.exec(format);
  if (found === null) return undefined;
  const [, before = '', digits = '0', after = ''] = found;
  return {
    usesValue: true,
    piece: ({ value }: TemplateData) =>
      `${before}${Number.isFinite(value) ? value.toFixed(Number(digits)) : goFloat(value)}${after}`,
  };
}

/** A float as Go prints it with `%v`: exponents below 1e-4 and from 1e6 on, of at least two digits. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return String(value);
}
