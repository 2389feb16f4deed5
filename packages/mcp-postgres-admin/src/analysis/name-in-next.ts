const plain = /^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$/;

/**
 * A name of the database as an argument of the next call, which stands outside of every fence: only a plain name can say
 * nothing else. Of any other the answer shows the name, fenced.
 */
export function nameInNext(name: string): string {
  return plain.test(name) ? name : 'its name as shown';
}
