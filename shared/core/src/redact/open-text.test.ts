import { describe, expect, it } from 'vitest';
import { openText } from './open-text.ts';

describe('text that may be drawn', () => {
  const isOpen = openText();

  it.each(['movie-service', 'GET /movies/{id}', '座席表', 'movie@2.0.0', ''])('%j is open', (text) => {
    expect(isOpen(text)).toBe(true);
  });

  it.each([
    ['a password in an address', 'postgres://bob:s3cr3tPassw0rd@db:5432/cinema'],
    ['a mail address', 'aiko@example.com'],
    ['the number of a card', '4111 1111 1111 1111'],
  ])('%s is not', (_, text) => {
    expect(isOpen(text)).toBe(false);
  });
});
