import { describe, expect, it } from 'vitest';
import { redactArgs } from './redact-args.ts';

describe('redactArgs', () => {
  it('masks the password of an address and of a connection string, and nothing else', () => {
    const word = ['open', 'sesame'].join('-');
    expect(
      redactArgs([
        `postgresql://reader:${word}@db:5432/cinema`,
        `host=db password='${word} x' user=reader`,
        '--jobs=2',
      ]),
    ).toEqual(['postgresql://reader:***@db:5432/cinema', 'host=db password=*** user=reader', '--jobs=2']);
  });
});
