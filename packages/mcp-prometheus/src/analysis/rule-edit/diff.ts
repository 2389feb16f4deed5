import type { LineEdit } from './splice.ts';

const contextLines = 2;
const mostLines = 60;

/** An edit as a unified diff of one hunk: two lines around, `-` what goes, `+` what comes. */
export function diffOf(before: string, { at, removed, added }: LineEdit): readonly string[] {
  const lines = before.split('\n');
  const above = lines.slice(Math.max(0, at - contextLines), at);
  const below = lines
    .slice(at + removed.length, at + removed.length + contextLines)
    .filter((line, index, all) => index < all.length - 1 || line !== '');
  const head = `@@ -${at - above.length + 1},${above.length + removed.length + below.length} +${at - above.length + 1},${above.length + added.length + below.length} @@`;
  const body = [
    ...above.map((line) => ` ${line}`),
    ...removed.map((line) => `-${line}`),
    ...added.map((line) => `+${line}`),
    ...below.map((line) => ` ${line}`),
  ];
  return [
    head,
    ...body.slice(0, mostLines),
    ...(body.length > mostLines ? [`${body.length - mostLines} more lines`] : []),
  ];
}

/** A whole file against another: from the first line that differs to the last. */
export function wholeDiff(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const removed = old.slice(start, old.length - end);
  const added = now.slice(start, now.length - end);
  return diffOf(before, { at: start, removed, added, text: after });
}
