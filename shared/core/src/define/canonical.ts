/**
 * The one serialisation of a JSON value, after RFC 8785: keys sorted by UTF-16 code units, no spaces, ECMAScript numbers.
 * Members that are `undefined` are left out, as `JSON.stringify` does; a lone surrogate is escaped instead of refused.
 *
 * @throws TypeError for what JSON cannot hold (NaN, bigint, functions, class instances, cycles): two values that
 * differ must never share a digest
 */
export function canonicalJson(value: unknown): string {
  return write(value, new Set());
}

function write(value: unknown, parents: Set<object>): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no JSON form`);
  if (parents.has(value)) throw new TypeError('a cycle has no JSON form');
  parents.add(value);
  const text = Array.isArray(value) ? writeArray(value, parents) : writeObject(value, parents);
  parents.delete(value);
  return text;
}

function writeArray(items: readonly unknown[], parents: Set<object>): string {
  return `[${Array.from(items, (item) => write(item, parents)).join(',')}]`;
}

function writeObject(value: object, parents: Set<object>): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('a class instance has no JSON form');
  const members: string[] = [];
  // Plain sort compares UTF-16 code units, which is what RFC 8785 asks for.
  for (const [name, member] of Object.entries(value).toSorted(byName)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${write(member, parents)}`);
  }
  return `{${members.join(',')}}`;
}

function byName(left: readonly [string, unknown], right: readonly [string, unknown]): number {
  if (left[0] === right[0]) return 0;
  return left[0] < right[0] ? -1 : 1;
}
