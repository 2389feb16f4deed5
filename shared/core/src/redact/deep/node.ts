import { isUtf8 } from 'node:buffer';
import { ToolError } from '../../errors/tool-error.ts';
import { classifyKey, type KeyClass } from '../layers/keys.ts';

/** A text still to be read, and where it stands. */
export interface TextNode {
  readonly kind: 'text';
  readonly text: string;
  /** What the key above says of it. */
  readonly key: KeyClass;
  /** What stays if nothing in `text` is redacted: a number, a binary in base64. */
  readonly otherwise?: number | string;
  /** What became of it. */
  result?: number | string;
}

/** Plain data in the making: texts are replaced in place, then `assemble` makes the value. */
export type Node =
  | TextNode
  | { readonly kind: 'plain'; readonly value: number | boolean | null | string }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [TextNode, Node])[] };

const deepest = 200;
const smallestNumber = 100_000;

/** Turns any value into nodes: plain JSON data as `JSON.stringify` would see it, Map, Set, Error and Buffer too, cycles named. */
export class NodeBuilder {
  readonly texts: TextNode[] = [];
  /** Characters to read. */
  chars = 0;
  readonly #open = new Set<object>();
  readonly #done = new Map<object, Node>();

  build(value: unknown, key?: KeyClass): Node {
    if (typeof value === 'string') return this.#text(value, key);
    if (typeof value === 'number') return this.#number(value, key);
    if (typeof value === 'bigint') return this.#text(String(value), key);
    if (typeof value === 'boolean') return { kind: 'plain', value };
    if (typeof value !== 'object' || value === null) return { kind: 'plain', value: null };
    return this.#object(value, key);
  }

  #text(text: string, key: KeyClass, otherwise?: number | string): TextNode {
    const node: TextNode = { kind: 'text', text, key, ...(otherwise === undefined ? {} : { otherwise }) };
    this.texts.push(node);
    this.chars += text.length;
    return node;
  }

  #number(value: number, key: KeyClass): Node {
    if (!Number.isFinite(value)) return { kind: 'plain', value: null };
    const worthReading = key !== undefined || Math.abs(value) >= smallestNumber;
    return worthReading ? this.#text(String(value), key, value) : { kind: 'plain', value };
  }

  #object(value: object, key: KeyClass): Node {
    if (this.#open.has(value)) return { kind: 'plain', value: '[Circular]' };
    // A shared part is read once, unless a key gives it a meaning: else a chain of shared parts would grow without end.
    const known = key === undefined ? this.#done.get(value) : undefined;
    if (known) return known;
    if (this.#open.size >= deepest) {
      throw new ToolError(
        'too_large',
        `the result is nested deeper than ${deepest} levels, more than can be checked for secrets`,
      );
    }
    this.#open.add(value);
    const node = this.#inside(value, key);
    this.#open.delete(value);
    if (key === undefined) this.#done.set(value, node);
    return node;
  }

  #inside(value: object, key: KeyClass): Node {
    if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => this.build(item, key)) };
    if (value instanceof Set) return { kind: 'list', items: [...value].map((item) => this.build(item, key)) };
    if (value instanceof Map) return this.#record([...value].map(([name, item]) => [String(name), item] as const));
    if (value instanceof Error) return this.#record(errorEntries(value));
    if (value instanceof ArrayBuffer) return this.#bytes(Buffer.from(value), key);
    if (ArrayBuffer.isView(value))
      return this.#bytes(Buffer.from(value.buffer, value.byteOffset, value.byteLength), key);
    if ('toJSON' in value && typeof value.toJSON === 'function') return this.build(value.toJSON(), key);
    return this.#record(Object.entries(value));
  }

  #bytes(bytes: Buffer, key: KeyClass): Node {
    if (isUtf8(bytes)) return this.#text(bytes.toString('utf8'), key);
    return this.#text(bytes.toString('latin1'), key, bytes.toString('base64'));
  }

  #record(entries: readonly (readonly [string, unknown])[]): Node {
    const named = nameOfPair(entries);
    const isSecret = entries.some(([name, item]) => name === 'kind' && item === 'Secret');
    const present = entries.filter(
      ([, item]) => item !== undefined && typeof item !== 'function' && typeof item !== 'symbol',
    );
    return {
      kind: 'record',
      entries: present.map(([name, item]) => {
        const key = name === 'value' && named !== undefined ? named : keyOf(name, item);
        const isData =
          isSecret && (name === 'data' || name === 'stringData') && typeof item === 'object' && item !== null;
        return [this.#text(name, undefined), isData ? this.#secretData(item) : this.build(item, key)] as const;
      }),
    };
  }

  #secretData(data: object): Node {
    const entries = Object.entries(data) as [string, unknown][];
    return {
      kind: 'record',
      entries: entries.map(([name, item]) => [this.#text(name, undefined), this.build(item, 'password')]),
    };
  }
}

/** A key speaks of a scalar or a list of scalars, not of an object below it. */
function keyOf(name: string, item: unknown): KeyClass {
  if (
    typeof item === 'object' &&
    item !== null &&
    !Array.isArray(item) &&
    !(item instanceof Set) &&
    !ArrayBuffer.isView(item)
  ) {
    return undefined;
  }
  return classifyKey(name);
}

/** `{name: 'DB_PASSWORD', value: …}`, as Kubernetes and Compose list variables. */
function nameOfPair(entries: readonly (readonly [string, unknown])[]): KeyClass {
  const named = entries.find(([name, item]) => /^(?:name|key)$/i.test(name) && typeof item === 'string');
  return named === undefined ? undefined : classifyKey(String(named[1]));
}

function errorEntries(error: Error): readonly (readonly [string, unknown])[] {
  const own = Object.entries(error) as [string, unknown][];
  return [
    ['name', error.name],
    ['message', error.message],
    ['stack', error.stack],
    ['cause', error.cause],
    ...own.filter(([name]) => !['name', 'message', 'stack', 'cause'].includes(name)),
  ];
}

/** The value that nodes stand for. Shared nodes become shared parts. */
export function assemble(node: Node, done: Map<Node, unknown> = new Map()): unknown {
  if (node.kind === 'text') return node.result ?? node.text;
  if (node.kind === 'plain') return node.value;
  const known = done.get(node);
  if (known !== undefined) return known;
  const made =
    node.kind === 'list'
      ? node.items.map((item) => assemble(item, done))
      : // fromEntries defines, where assignment would call the setter of `__proto__`.
        Object.fromEntries(
          node.entries.map(([name, item]) => [String(name.result ?? name.text), assemble(item, done)]),
        );
  done.set(node, made);
  return made;
}
