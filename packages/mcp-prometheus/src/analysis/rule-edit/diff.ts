const context = 2;
const mostCompared = 2000;
const mostLines = 60;

/** One text against another as a unified diff, two lines around each change: `-` what goes, `+` what comes. */
export function diffOf(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, fresh.length) - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const middle = changes(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail));
  if (middle.length === 0) return [];
  const from = Math.max(0, head - context);
  const behind = old
    .slice(old.length - tail, old.length - tail + context)
    .filter((line, index, all) => index < all.length - 1 || line !== '');
  const lines = folded([...old.slice(from, head).map(same), ...middle, ...behind.map(same)], from + 1);
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `${lines.length - mostLines} more lines`];
}

function same(line: string): string {
  return ` ${line}`;
}

/** By the longest common subsequence of lines; what is too long for it is replaced as a whole. */
function changes(old: readonly string[], fresh: readonly string[]): readonly string[] {
  if (old.length * fresh.length > mostCompared * mostCompared)
    return [...old.map((line) => `-${line}`), ...fresh.map((line) => `+${line}`)];
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint32Array(fresh.length + 1));
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = fresh.length - 1; j >= 0; j -= 1) {
      lengths[i]![j] =
        old[i] === fresh[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < fresh.length) {
    if (i < old.length && j < fresh.length && old[i] === fresh[j]) {
      lines.push(same(old[i]!));
      i += 1;
      j += 1;
    } else if (j >= fresh.length || (i < old.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      lines.push(`-${old[i]}`);
      i += 1;
    } else {
      lines.push(`+${fresh[j]}`);
      j += 1;
    }
  }
  return lines;
}

/** Long stretches without a change are left out. */
function folded(lines: readonly string[], first: number): readonly string[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => !line.startsWith(' '));
  const shown: string[] = [];
  let number = first;
  let isOpen = false;
  for (const [index, line] of lines.entries()) {
    if (!isNear(index)) isOpen = false;
    else {
      if (!isOpen) shown.push(`@@ line ${number} @@`);
      isOpen = true;
      shown.push(line);
    }
    if (!line.startsWith('+')) number += 1;
  }
  return shown;
}
