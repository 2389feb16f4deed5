/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
export type Dialect = 2 | 3;

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items.at(Math.floor(random() * items.length)) as Item;
}

const durations = ['5m', '1h30m', '30s', '1d', '2w', '250ms', '1y'];
const names = [
  'up',
  'http_requests_total',
  'node:cpu:rate5m',
  'a',
  'by_name',
  'sum',
  'sum_total',
  'offset_x',
  'start',
  'unless',
  'atan2',
];
const labels = ['job', 'instance', 'le', 'by', 'on', 'status'];
const values = [
  '"api"',
  "'x'",
  '`raw\\d`',
  '"5.."',
  '".*"',
  '".+"',
  '""',
  '"a|b"',
  '"(a|)"',
  '"[a-z]+"',
  '"a{2,3}"',
  '"x\\\\.y"',
  '"日本"',
];
const onVector = ['abs', 'ceil', 'sort', 'timestamp', 'absent', 'hour', 'histogram_sum'];
const onRange = ['rate', 'increase', 'avg_over_time', 'changes', 'absent_over_time', 'deriv'];
const operators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  'atan2',
  '==',
  '!=',
  '>',
  '<',
  '>=',
  '<=',
  'and',
  'or',
  'unless',
  'AND',
];

/** A random expression, mostly well typed; what is wrong is wrong as people get it wrong. */
export function randomQuery(random: Random, dialect: Dialect, depth = 3): string {
  const inner = (): string => randomQuery(random, dialect, depth - 1);
  const kind = depth <= 0 ? Math.floor(random() * 3) : Math.floor(random() * 12);
  switch (kind) {
    case 0:
      return selector(random);
    case 1:
      return pick(random, [
        '1',
        '0.5',
        '-3',
        '1e3',
        '0x1F',
        'Inf',
        'nan',
        '.5',
        '010',
        '+2',
        ...(dialect === 3 ? ['1_000', '5m'] : []),
      ]);
    case 2:
      return pick(random, [selector(random), selector(random), `${selector(random)}[5m]`, '"text"', 'time()']);
    case 3:
      return `${pick(random, onRange)}(${range(random, inner)})`;
    case 4:
      return `${pick(random, onVector)}(${inner()})`;
    case 5:
    case 6:
      return aggregation(random, inner);
    case 7:
    case 8:
      return `${inner()} ${pick(random, operators)} ${matching(random)}${inner()}`;
    case 9:
      return `(${inner()})`;
    case 10:
      return pick(random, [
        `-${inner()}`,
        `clamp(${inner()}, 0, 1)`,
        `histogram_quantile(0.9, ${inner()})`,
        `round(${inner()})`,
        `scalar(${inner()})`,
        `vector(${inner()})`,
      ]);
    default:
      return pick(random, [
        `label_replace(${inner()}, "a", "$1", "b", "(.*)")`,
        `label_join(${inner()}, "a", "-", "b", "c")`,
        `quantile_over_time(0.5, ${range(random, inner)})`,
        `${inner()} @ 1609746000`,
        `${inner()} offset 5m`,
      ]);
  }
}

function selector(random: Random): string {
  const matcher = (): string =>
    `${pick(random, labels)}${pick(random, ['=', '!=', '=~', '!~'])}${pick(random, values)}`;
  const count = Math.floor(random() * 3);
  const braces =
    count === 0
      ? pick(random, ['', '', '{}'])
      : `{${Array.from({ length: count }, matcher).join(', ')}${pick(random, ['', ','])}}`;
  const name = braces.length > 2 && random() < 0.3 ? '' : pick(random, names);
  return `${name}${braces}${pick(random, ['', '', '', ' offset 5m', ' offset -1h', ' @ end()', ' @ 1.5'])}`;
}

function range(random: Random, inner: () => string): string {
  if (random() < 0.2) return `${inner()}[1h:${pick(random, ['', '5m'])}]`;
  return `${selector(random).replace(/ .*$/, '')}[${pick(random, durations)}]${pick(random, ['', ' offset 1d', ' @ start()'])}`;
}

function aggregation(random: Random, inner: () => string): string {
  const grouping = pick(random, ['', 'by (job)', 'without (instance, le)', 'by ()', 'BY (on,)']);
  const body =
    random() < 0.25
      ? `${pick(random, ['topk(3, ', 'quantile(0.9, ', 'count_values("v", '])}${inner()})`
      : `${pick(random, ['sum', 'avg', 'COUNT', 'group'])}(${inner()})`;
  if (random() < 0.5) return `${body} ${grouping}`;
  return body.replace('(', ` ${grouping}(`);
}

function matching(random: Random): string {
  if (random() < 0.6) return '';
  return pick(random, [
    'bool ',
    'on (job) ',
    'ignoring (le) ',
    'on (job) group_left (status) ',
    'on () ',
    'on (job) group_right () ',
    'bool on (job) ',
    'on (job) group_left (job) ',
  ]);
}

const splinters = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '=',
  '~',
  '!',
  '5m',
  '[5m]',
  'by',
  ' offset ',
  '@',
  '\\',
  '5',
  '0s',
  'bool ',
  'rate(',
  ' and ',
  '$',
  '#',
  '\n',
  '-',
  ':',
  '{a="b"}',
  '=~"*"',
  '=~"("',
];

/** The expression with one to three places damaged. */
export function mutate(random: Random, query: string): string {
  let text = query;
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const length = Math.floor(random() * 4);
    const way = random();
    if (way < 0.4) text = text.slice(0, at) + text.slice(at + length);
    else if (way < 0.8) text = text.slice(0, at) + pick(random, splinters) + text.slice(at);
    else text = text.slice(0, at) + pick(random, splinters) + text.slice(at + length);
  }
  return text;
}
