import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, isCollection, isScalar, parseDocument, visit } from 'yaml';
import { editedText, type KeyValue, patchService, type ServicePatch } from './patch-service.ts';

const memory = (value = '128M'): KeyValue => ({
  path: ['deploy', 'resources', 'limits', 'memory'],
  write: () => value,
  isQuoted: false,
});
const key = (name: string, value: string, isQuoted = false): KeyValue => ({
  path: [name],
  write: () => value,
  isQuoted,
});
const patched = (text: string, ...values: KeyValue[]): Extract<ServicePatch, { kind: 'patched' }> => {
  const patch = patchService(text, 'movie', values);
  if (patch.kind === 'refused') throw new Error(patch.reason);
  return patch;
};
const reason = (text: string, ...values: KeyValue[]): string => {
  const patch = patchService(text, 'movie', values);
  return patch.kind === 'refused' ? patch.reason : `written:\n${patch.text}`;
};

describe('a patch of a service', () => {
  it('replaces a value and leaves quotes, comments and order', () => {
    const text = `services:
  # the movie
  movie:
    mem_limit: '64m'   # measured in May
    image: "cinema/movie:1"
    cpus: 0.5
`;
    const { text: now, lines } = patched(text, key('mem_limit', '128m'), key('cpus', '0.75'));
    expect(now).toBe(text.replace('64m', '128m').replace('0.5', '0.75'));
    expect(lines).toEqual([
      { line: 4, before: "    mem_limit: '64m'", after: "    mem_limit: '128m'" },
      { line: 6, before: '    cpus: 0.5', after: '    cpus: 0.75' },
    ]);
  });

  it('adds what is missing below what is there, set in as the file is', () => {
    const text = `services:
    movie:
        image: cinema/movie:1
        deploy:
            # two screens
            replicas: 2 # for now
        # mem_limit: 32m

    ticket:
        image: cinema/ticket:1`;
    const { text: now, lines } = patched(text, memory(), {
      path: ['deploy', 'resources', 'limits', 'cpus'],
      write: () => '0.5',
      isQuoted: true,
    });
    expect(now).toBe(
      text.replace(
        ' # for now\n',
        ' # for now\n            resources:\n                limits:\n                    memory: 128M\n                    cpus: "0.5"\n',
      ),
    );
    expect(lines.map(({ line, after }) => [line, after.trim()])).toEqual([
      [7, 'resources:'],
      [8, 'limits:'],
      [9, 'memory: 128M'],
      [10, 'cpus: "0.5"'],
    ]);
  });

  it('keeps CRLF, and a last line without an end', () => {
    const text = 'services:\r\n  movie:\r\n    image: x # no end';
    expect(patched(text, key('mem_limit', '64m')).text).toBe(`${text}\r\n    mem_limit: 64m`);
    const ended = 'services:\r\n  movie:\r\n    mem_limit: 64m\r\n    command: |\r\n      echo\r\n\r\n';
    expect(patched(ended, key('mem_limit', '96m'), key('cpus', '0.5')).text).toBe(
      'services:\r\n  movie:\r\n    mem_limit: 96m\r\n    command: |\r\n      echo\r\n    cpus: 0.5\r\n\r\n',
    );
  });

  it('writes into brackets, and shows nothing else of such a line', () => {
    const text = 'services: { movie: { image: x, environment: { PASSWORD: secret }, deploy: {} } }\n';
    const { text: now, lines } = patched(text, memory(), key('mem_limit', '64m'));
    expect(now).toBe(
      'services: { movie: { image: x, environment: { PASSWORD: secret }, deploy: { resources: { limits: { memory: 128M } } }, mem_limit: 64m } }\n',
    );
    expect(JSON.stringify(lines)).not.toContain('secret');
    const json = '{ "services": { "movie": {\n  "image": "x",\n  "cpus": 1\n} } }';
    expect(JSON.parse(patched(json, key('mem_limit', '64m'), key('cpus', '2')).text)).toEqual({
      services: { movie: { image: 'x', cpus: 2, mem_limit: '64m' } },
    });
  });

  it.each([
    ['an alias', 'x: &m { image: x }\nservices:\n  movie: *m\n', 'the service is an alias'],
    [
      'an anchor that others use',
      'services:\n  movie: &m\n    image: x\n  ticket:\n    <<: *m\n',
      'the service has an anchor that others use',
    ],
    [
      'an anchor on the way',
      'services:\n  movie:\n    deploy: &d { replicas: 2 }\n  ticket: { deploy: *d }\n',
      'deploy has an anchor that others use',
    ],
    ['an alias on the way', 'x-d: &d { replicas: 2 }\nservices:\n  movie:\n    deploy: *d\n', 'deploy is an alias'],
    [
      'a merge key',
      'x-c: &c\n  deploy: { replicas: 2 }\nservices:\n  movie:\n    <<: *c\n    image: x\n',
      'deploy comes by a merge key',
    ],
    ['extends', 'services:\n  movie:\n    extends: ticket\n  ticket: { image: x }\n', 'the service extends another'],
    ['a tag', 'services:\n  movie:\n    deploy: !override { replicas: 2 }\n', 'deploy has a tag'],
    ['nothing there', 'services:\n  movie:\n    deploy:\n', 'deploy is no mapping'],
    ['another service', 'services:\n  ticket: { image: x }\n', 'it does not define the service'],
    ['no YAML', 'services: [', 'it cannot be read as YAML'],
    ['two documents', 'services: { movie: { image: x } }\n---\na: 1\n', 'it cannot be read as YAML'],
    ['the same key twice', 'services:\n  movie:\n    image: x\n    image: y\n', 'it cannot be read as YAML'],
  ])('refuses %s', (_name, text, why) => {
    expect(reason(text, memory())).toBe(why);
  });

  it.each([
    ['mem_limit: ${LIMIT:-64m}', 'mem_limit comes from a variable'],
    ['mem_limit: "${LIMIT}"', 'mem_limit comes from a variable'],
    ['mem_limit:', 'mem_limit has no plain value'],
    ['mem_limit: |\n      64m', 'mem_limit has no plain value'],
    ['mem_limit: !reset null', 'mem_limit has a tag'],
    ['mem_limit: [64m]', 'mem_limit has no plain value'],
  ])('refuses the value of %s', (line, why) => {
    expect(reason(`services:\n  movie:\n    ${line}\n`, key('mem_limit', '128m'))).toBe(why);
  });

  it('takes merge keys and anchors that have nothing to do with it', () => {
    const text = 'x-c: &c { restart: always }\nservices:\n  movie: &unused\n    <<: *c\n    mem_limit: &here 64m\n';
    expect(patched(text, key('mem_limit', '96m'), memory()).text).toBe(
      text.replace('64m', '96m') + '    deploy:\n      resources:\n        limits:\n          memory: 128M\n',
    );
  });
});

const plain = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9/: .#'"-]{0,12}$/),
  fc.integer({ min: 0, max: 9999 }),
  fc.constant('two\nlines\n'),
  fc.constant(''),
);
const leaf = fc.oneof(
  plain,
  fc.array(plain, { maxLength: 3 }),
  fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), plain, { maxKeys: 3 }),
);
const limits = fc.record(
  { memory: fc.constantFrom('64M', '1g', 67_108_864), cpus: fc.constantFrom('0.5', 1), pids: fc.constant(50) },
  { requiredKeys: [] },
);
const service = fc.record(
  {
    image: fc.constant('cinema/base:1'),
    environment: leaf,
    command: leaf,
    mem_limit: fc.constantFrom('64m', 67_108_864, '1.5g'),
    labels: leaf,
    deploy: fc.record(
      {
        replicas: fc.constant(2),
        resources: fc.record({ limits, reservations: limits }, { requiredKeys: [] }),
        labels: leaf,
      },
      { requiredKeys: [] },
    ),
    ports: leaf,
  },
  { requiredKeys: ['image'] },
);
const fileText = fc
  .record({
    above: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,4}$/), leaf, { maxKeys: 2 }),
    services: fc.record({ first: service, movie: service, last: service }, { requiredKeys: ['movie'] }),
    below: fc.dictionary(fc.stringMatching(/^y-[a-z]{1,4}$/), leaf, { maxKeys: 2 }),
    dice: fc.array(fc.nat(11), { minLength: 12, maxLength: 12 }),
    indent: fc.integer({ min: 1, max: 4 }),
    isCrlf: fc.boolean(),
    isEnded: fc.boolean(),
  })
  .map(({ above, services, below, dice, indent, isCrlf, isEnded }) => {
    const document = new Document({ ...above, services, ...below });
    let turn = 0;
    const roll = (): number => dice[turn++ % dice.length] ?? 0;
    visit(document, {
      Node(_key, node) {
        const face = roll();
        if (isCollection(node)) node.flow = face > 9;
        if (isScalar(node) && face === 1 && typeof node.value === 'string') node.type = 'QUOTE_DOUBLE';
        if (isScalar(node) && face === 2 && typeof node.value === 'string') node.type = 'QUOTE_SINGLE';
        if (face === 3) node.comment = ' a word: on it';
        if (face === 4) node.commentBefore = ' above\n it';
        if (face === 5) node.spaceBefore = true;
      },
    });
    const text = document.toString({ indent, lineWidth: 0 });
    const lines = isCrlf ? text.replaceAll('\n', '\r\n') : text;
    return isEnded ? lines : lines.replace(/(\r?\n)+$/, '');
  });

const read = (text: string): unknown => parseDocument(text, { merge: true }).toJS();
const set = (value: unknown, [name, ...rest]: readonly string[], wanted: unknown): unknown =>
  name === undefined
    ? wanted
    : { ...(value as object), [name]: set((value as Record<string, unknown> | undefined)?.[name], rest, wanted) };
/** Whether all of `some` are among `all`, in this order. */
const isWithin = (some: readonly string[], all: readonly string[]): boolean => {
  let next = 0;
  for (const one of all) if (one === some[next]) next += 1;
  return next === some.length;
};

describe('any file', () => {
  const values = [
    { ...memory('333M'), means: '333M' },
    { path: ['deploy', 'resources', 'limits', 'cpus'], write: () => '0.25', isQuoted: true, means: 0.25 },
    { path: ['deploy', 'resources', 'reservations', 'memory'], write: () => '33M', isQuoted: false, means: '33M' },
    { ...key('mem_limit', '333m'), means: '333m' },
    { ...key('pids_limit', '77'), means: 77 },
  ];

  it('means what it meant before and the new values, and keeps all other lines to the byte', () => {
    let written = 0;
    const property = fc.property(fileText, fc.subarray(values, { minLength: 1 }), (text, some) => {
      if (parseDocument(text).errors.length > 0) return; // not every mix of styles can be written down
      const patch = patchService(text, 'movie', some);
      if (patch.kind === 'refused') return expect(patch.reason).toMatch(/no plain value|no mapping/);
      written += 1;
      const wanted = some.reduce((value, { path, means }) => {
        const isText = typeof parseDocument(patch.text).getIn(['services', 'movie', ...path]) === 'string';
        return set(value, ['services', 'movie', ...path], isText ? String(means) : means);
      }, read(text));
      expect(read(patch.text)).toEqual(wanted);
      const changed = new Set(patch.lines.map(({ line }) => line));
      const kept = patch.text.split(/\r?\n/).filter((_line, index) => !changed.has(index + 1));
      const before = text.split(/\r?\n/);
      expect(isWithin(kept, before)).toBe(true);
      expect(before.length - kept.length).toBeLessThanOrEqual(some.length);
      expect(patch.text.endsWith('\n')).toBe(text.endsWith('\n'));
      if (text.includes('\r\n')) expect(patch.text.replaceAll('\r\n', '')).not.toContain('\n');
      expect(editedText(text, patch.edits)).toBe(patch.text);
      expect(patchService(patch.text, 'movie', some)).toMatchObject({ kind: 'patched', text: patch.text });
    });
    fc.assert(property, { numRuns: 100 });
    expect(written).toBeGreaterThan(60);
  });
});
