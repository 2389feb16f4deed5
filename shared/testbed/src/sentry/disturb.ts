type Change = 'drop' | 'null' | 'retype' | 'unknown';

const changes: readonly Change[] = ['drop', 'null', 'retype', 'unknown'];

/** A number in [0, 1) from a seed and a text: the same every time. */
function drawFrom(seed: number, text: string): number {
  let hash = 2_166_136_261 ^ seed;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507);
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909);
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296;
}

function retype(value: unknown): unknown {
  if (typeof value === 'string') return value.length;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 0;
  if (Array.isArray(value)) return {};
  return value === null ? 'null' : [];
}

function disturbValue(value: unknown, place: string, seed: number, share: number): unknown {
  if (Array.isArray(value)) return value.map((each, index) => disturbValue(each, `${place}/${index}`, seed, share));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([name, each]): [string, unknown][] => {
    const here = `${place}/${name}`;
    const change =
      drawFrom(seed, here) < share ? changes[Math.floor(drawFrom(seed + 1, here) * changes.length)] : undefined;
    if (change === 'drop') return [];
    if (change === 'null') return [[name, null]];
    if (change === 'retype') return [[name, retype(each)]];
    const kept: [string, unknown] = [name, disturbValue(each, here, seed, share)];
    return change === 'unknown' ? [kept, [`${name}_unknown`, { added: [1] }]] : [kept];
  });
  return Object.fromEntries(entries);
}

/**
 * For `mutate`: answers as another version of the server might give them. A `share` of all fields (0–1) is dropped,
 * nulled or of another type, or stands beside an unknown one; the same seed gives the same.
 */
export function disturb(seed: number, share = 0.1): (body: unknown, path: string) => unknown {
  return (body, path) => disturbValue(body, path, seed, share);
}
