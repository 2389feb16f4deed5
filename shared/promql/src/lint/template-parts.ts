/** One `{{ … }}` of a template. */
export interface TemplateAction {
  readonly text: string;
}

export interface TemplateFacts {
  readonly actions: readonly TemplateAction[];
  /** What is wrong, in words without pieces of the template. */
  readonly problems: readonly string[];
  /** Labels that are asked for by `$labels.x`. */
  readonly labels: readonly string[];
  readonly usesValue: boolean;
  readonly usesTime: boolean;
}

const functions = new Set(
  (
    'query first label value sortByLabel strvalue safeHtml match reReplaceAll title toUpper toLower graphLink tableLink stripPort stripDomain ' +
    'humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration now pathPrefix externalURL parseDuration ' +
    'tmpl args urlQueryEscape and call html index slice js len not or print printf println urlquery eq ge gt le lt ne'
  ).split(' '),
);
const openers = new Set(['if', 'range', 'with', 'define', 'block']);
const words = new Set([...openers, 'else', 'end', 'template', 'break', 'continue', 'true', 'false', 'nil']);
const variables = new Set(['labels', 'value', 'externalLabels', 'externalURL', '']);
const token =
  /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\$\w*(?:\.\w+)*|\.\w+(?:\.\w+)*|[A-Za-z_]\w*|[\d.]+|:=|[^\s]/g;

/** Reads a template of labels or annotations as far as its balance, its functions and its labels. */
export function readTemplate(text: string): TemplateFacts {
  const problems: string[] = [];
  const actions = splitActions(text, problems);
  const declared = new Set(variables);
  const labels: string[] = [];
  let open = 0;
  let usesValue = false;
  let usesTime = false;
  for (const { text: action } of actions) {
    if (/^-?\s*\/\*/.test(action)) continue;
    const tokens: readonly string[] = action.replace(/^-\s/, '').match(token) ?? [];
    const first = tokens.find((one) => one !== '-');
    if (first !== undefined && openers.has(first)) open += 1;
    if (first === 'end') open -= 1;
    if (open < 0) problems.push('an end without if, range or with');
    open = Math.max(open, 0);
    for (const [, name] of action.matchAll(/\$(\w+)\s*(?:,\s*\$(\w+)\s*)?:=/g)) declared.add(name!);
    for (const [, name] of action.matchAll(/\$\w+\s*,\s*\$(\w+)\s*:=/g)) declared.add(name!);
    checkTokens(tokens, declared, problems);
    labels.push(...[...action.matchAll(/(?:\$labels|\.Labels)\.(\w+)/g)].map(([, label]) => label!));
    usesValue ||= /\$value\b|\.Value\b/.test(action);
    usesTime ||= tokens.includes('now');
  }
  if (open > 0) problems.push('an end is missing');
  return { actions, problems, labels, usesValue, usesTime };
}

function splitActions(text: string, problems: string[]): readonly TemplateAction[] {
  const actions: TemplateAction[] = [];
  for (let start = text.indexOf('{{'); start >= 0;) {
    const end = endOf(text, start + 2);
    if (end < 0) {
      problems.push('{{ without }}');
      break;
    }
    actions.push({ text: text.slice(start + 2, end).replace(/\s-$/, '') });
    start = text.indexOf('{{', end + 2);
  }
  return actions;
}

/** Where the action that begins at `from` ends: strings in it may hold braces. */
function endOf(text: string, from: number): number {
  const part = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|\}\}|\{\{|[^]/g;
  part.lastIndex = from;
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    if (found[0] === '}}') return found.index;
    if (found[0] === '{{') return -1;
  }
  return -1;
}

function checkTokens(tokens: readonly string[], declared: ReadonlySet<string>, problems: string[]): void {
  let depth = 0;
  for (const [index, one] of tokens.entries()) {
    if (one === '(') depth += 1;
    if (one === ')') depth -= 1;
    if (one === '"' || one === '`') problems.push('a string that is not closed');
    if (isStray(one, tokens[index + 1])) problems.push('a character that does not belong there');
    const name = /^\$(\w*)/.exec(one)?.[1];
    if (name !== undefined && !declared.has(name)) problems.push(`the variable $${name} is not defined`);
    if (!/^[A-Za-z_]\w*$/.test(one) || words.has(one) || functions.has(one)) continue;
    // the text behind a number or after `template "x"` is no function
    if (/^[\d.]+$/.test(tokens[index - 1] ?? '')) continue;
    problems.push(`the function ${one} does not exist`);
  }
  if (depth !== 0) problems.push('parentheses that do not match');
}

/** Whether a single character is none of the template language; a sign stands before a number. */
function isStray(token: string, next: string | undefined): boolean {
  if (token.length !== 1 || /[\w$.()|,="`]/.test(token)) return false;
  return !(/[-+]/.test(token) && /^[\d.]/.test(next ?? ''));
}
