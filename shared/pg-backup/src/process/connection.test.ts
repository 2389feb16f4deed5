import { describe, expect, it } from 'vitest';
import { programConnection } from './connection.ts';

const word = ['open', 'sesame@#'].join(' ');

describe('programConnection', () => {
  it('moves the password from the address into the environment', () => {
    const { address, env } = programConnection(`postgresql://reader:${encodeURIComponent(word)}@db:5432/cinema`);
    expect(address).toBe('postgresql://reader@db:5432/cinema');
    expect(env.PGPASSWORD).toBe(word);
  });

  it('finds a password among the parameters too', () => {
    const { address, env } = programConnection(`postgresql:///cinema?host=/run/x&password=${encodeURIComponent(word)}`);
    expect(address).toBe('postgresql:///cinema?host=%2Frun%2Fx');
    expect(env.PGPASSWORD).toBe(word);
  });

  it('says what the driver means in words that libpq knows', () => {
    expect(programConnection('postgresql://a@b/c?sslmode=no-verify&uselibpqcompat=true').address).toBe(
      'postgresql://a@b/c?sslmode=require',
    );
  });

  it('asks another database of the same server, by any name', () => {
    expect(programConnection('postgresql://a@b/c', '予約 "x"').address).toBe(
      'postgresql://a@b/%E4%BA%88%E7%B4%84%20%22x%22',
    );
  });
});
