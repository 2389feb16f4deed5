import { fieldsOf, listOf, textOf } from '../../model/told.ts';

const longestText = 12_000;

type Part = Readonly<Record<string, unknown>>;

/** What a run says, put together of its steps or artifacts, where the server formats nothing; undefined where it is silent. */
export function runText(autofix: Part): string | undefined {
  const parts = [
    ...listOf(autofix['steps']).flatMap((step) => stepText(fieldsOf(step))),
    ...listOf(autofix['blocks']).flatMap((block) =>
      listOf(fieldsOf(block)['artifacts']).flatMap((artifact) => artifactText(fieldsOf(artifact))),
    ),
    ...patchesText(patchesOf(autofix)),
  ];
  const text = parts.join('\n\n');
  if (text === '') return undefined;
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

/** Of code that was changed, `{ repo_name, patch: { path, type, added, removed } }`. */
export function patchesOf(autofix: Part): readonly Part[] {
  return listOf(autofix['blocks']).flatMap((block) => listOf(fieldsOf(block)['file_patches']).map(fieldsOf));
}

/** A file that was changed several times stands there once, as it was last. */
function patchesText(patches: readonly Part[]): readonly string[] {
  const files = new Map(
    patches.flatMap((one) => {
      const patch = fieldsOf(one['patch']);
      const path = textOf(patch['path']);
      if (path === undefined) return [];
      const place = [textOf(one['repo_name']), path].filter(Boolean).join(': ');
      return [[place, `- ${place} (+${textOf(patch['added']) ?? '?'} −${textOf(patch['removed']) ?? '?'})`] as const];
    }),
  );
  return files.size === 0 ? [] : [['## code_changes', ...files.values()].join('\n')];
}

function stepText(step: Part): readonly string[] {
  const title = textOf(step['title']) ?? textOf(step['type']) ?? textOf(step['key']);
  const lines = [
    ...listOf(step['causes']).flatMap((cause) => causeLines(fieldsOf(cause))),
    ...lineOf(step['description']),
    ...listOf(step['solution']).flatMap((one) => entryLines(fieldsOf(one))),
    ...listOf(step['changes']).flatMap((one) => changeLines(fieldsOf(one))),
    ...listOf(step['insights']).flatMap((one) => lineOf(fieldsOf(one)['insight'])),
  ];
  return lines.length === 0 ? [] : [[`## ${title ?? 'step'}`, ...lines].join('\n')];
}

function causeLines(cause: Part): readonly string[] {
  return [
    ...lineOf(cause['description'] ?? cause['title']),
    ...listOf(cause['root_cause_reproduction']).flatMap((one) => entryLines(fieldsOf(one))),
  ];
}

function entryLines(entry: Part): readonly string[] {
  return [...lineOf(entry['title'], '- '), ...lineOf(entry['code_snippet_and_analysis'], '  ')];
}

function changeLines(change: Part): readonly string[] {
  return [
    ...lineOf(change['repo_name'], 'in '),
    ...lineOf(change['title'], '- '),
    ...lineOf(change['description'], '  '),
  ];
}

/** `{ key: 'root_cause', data: { one_line_description, five_whys, … } }`: texts and lists of texts as they are. */
function artifactText(artifact: Part): readonly string[] {
  const lines = Object.entries(fieldsOf(artifact['data'])).flatMap(([name, value]) => [
    ...lineOf(value, `${name}: `),
    ...listOf(value).flatMap((item) => [
      ...lineOf(item, `- `),
      ...entryLines(fieldsOf(item)),
      ...lineOf(fieldsOf(item)['description'], '  '),
    ]),
  ]);
  return lines.length === 0 ? [] : [[`## ${textOf(artifact['key']) ?? 'artifact'}`, ...lines].join('\n')];
}

function lineOf(value: unknown, before = ''): readonly string[] {
  const text = textOf(value);
  return text === undefined ? [] : [`${before}${text}`];
}
