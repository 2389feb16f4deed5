import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { SourceFile } from '../../model/source-file.ts';
import { createLocator, locate } from './locate.ts';
import { relativeTo } from './relative-to.ts';

const file = (path: string, text: string, isOnlyExtended = false): SourceFile => ({ path, text, isOnlyExtended });

const main = file(
  'compose.yml',
  `name: cinema
x-common: &common
  restart: always
  environment: &env
    LANG: ja_JP.UTF-8
x-limits: &limits
  restart: unless-stopped
  mem_limit: 64M
services:
  movie:
    <<: [*common, *limits]
    image: cinema/base:1
  ticket:
    <<: *common
    environment:
      <<: *env
      TOKEN: secret
    ports:
      - "8080:80"
      - target: 81
  list:
    environment:
      - LANG=C
      - PASSED
    labels: { a: b, c: d }
`,
);

describe('the line of a key', () => {
  it.each([
    [['services', 'movie'], 10],
    [['services', 'movie', 'image'], 12],
    [['services', 'ticket', 'environment', 'TOKEN'], 17],
    [['services', 'ticket', 'ports', 1], 20],
    [['services', 'list', 'environment', 'PASSED'], 24],
    [['services', 'list', 'environment', 'LANG'], 23],
    [['services', 'list', 'labels', 'c'], 25],
  ])('%j is %d', (path, line) => {
    expect(locate([main], path)).toEqual({ file: 'compose.yml', line });
  });

  it.each([
    [['services', 'movie', 'restart'], 3],
    [['services', 'movie', 'mem_limit'], 8],
    [['services', 'ticket', 'environment', 'LANG'], 5],
  ])('follows anchors and merge keys, the first of a list before later ones: %j is %d', (path, line) => {
    expect(locate([main], path)?.line).toBe(line);
  });

  it('is not there for what no file has, and the nearest is what is above it', () => {
    const { locate: find, nearest } = createLocator([main]);
    expect(find(['services', 'movie', 'healthcheck', 'test'])).toBeUndefined();
    expect(nearest(['services', 'movie', 'healthcheck', 'test'])).toEqual({ file: 'compose.yml', line: 10 });
    expect(nearest(['services', 'gone'])).toEqual({ file: 'compose.yml', line: 9 });
    expect(nearest(['secrets', 'gone'])).toBeUndefined();
    expect(find(['services', 'movie', 'constructor'])).toBeUndefined();
  });

  it('is that of the last file that defines it', () => {
    const override = file('override.yml', 'services:\n  movie:\n    image: cinema/base:2\n');
    const { locate: find } = createLocator([main, override]);
    expect(find(['services', 'movie', 'image'])).toEqual({ file: 'override.yml', line: 3 });
    expect(find(['services', 'movie', 'mem_limit'])).toEqual({ file: 'compose.yml', line: 8 });
  });

  it('follows extends, within a file and to another, which defines nothing else', () => {
    const apps = file(
      'apps/compose.yml',
      'services:\n  web:\n    extends: { service: base, file: ../common/base.yml }\n  api:\n    extends: web\n    image: a\n',
    );
    const base = file('common/base.yml', 'services:\n  base:\n    restart: always\n  other:\n    image: b\n', true);
    const { locate: find } = createLocator([apps, base]);
    expect(find(['services', 'web', 'restart'])).toEqual({ file: 'common/base.yml', line: 3 });
    expect(find(['services', 'api', 'restart'])).toEqual({ file: 'common/base.yml', line: 3 });
    expect(find(['services', 'api', 'image'])).toEqual({ file: 'apps/compose.yml', line: 6 });
    expect(find(['services', 'other', 'image'])).toBeUndefined();
  });

  it('ends where anchors and extends go round in circles, and where the file is broken', () => {
    const circle = file('c.yml', 'services:\n  a: &a\n    <<: *a\n    extends: b\n  b:\n    extends: a\n');
    expect(locate([circle], ['services', 'a', 'image'])).toBeUndefined();
    const broken = file('b.yml', 'services:\n  a:\n    image: [x\n  b: }\n');
    expect(locate([broken], ['services', 'a', 'image'])?.line).toBe(3);
    expect(locate([file('e.yml', '')], ['services'])).toBeUndefined();
  });

  it('is where each key of any document stands', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const services = fc.dictionary(key, fc.dictionary(key, fc.string(), { minKeys: 1 }), { minKeys: 1 });
    fc.assert(
      fc.property(services, (tree) => {
        const text = stringify(
          { services: tree },
          { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
        );
        const { locate: find } = createLocator([file('f.yml', text)]);
        for (const [name, members] of Object.entries(tree)) {
          for (const member of Object.keys(members)) {
            const line = find(['services', name, member])?.line ?? 0;
            expect(text.split('\n')[line - 1]).toMatch(new RegExp(`^    ${member}: `));
            expect(
              text
                .split('\n')
                .slice(0, line)
                .findLast((one) => /^  \S/.test(one)),
            ).toBe(`  ${name}:`);
          }
        }
      }),
    );
  });
});

it.each([
  ['compose.yml', 'base.yml', 'base.yml'],
  ['compose.yml', './a/../base.yml', 'base.yml'],
  ['compose.yml', '../base.yml', '../base.yml'],
  ['apps/compose.yml', '../common/base.yml', 'common/base.yml'],
  ['../x/compose.yml', '../../base.yml', '../../base.yml'],
  ['/srv/a/compose.yml', '../base.yml', '/srv/base.yml'],
  ['compose.yml', '/etc/base.yml', '/etc/base.yml'],
])('from %s, %s is %s', (from, path, expected) => {
  expect(relativeTo(from, path)).toBe(expected);
});
