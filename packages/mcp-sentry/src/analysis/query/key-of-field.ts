/**
 * The key whose values a field shows: of `tags[user.id]` and of `max(user.id)` it is `user.id`, of a count it is the field itself.
 *
 * @param type of the value: what other functions make of a key is the key's own value only where it is a text
 */
export function keyOfField(field: string, type: string): string {
  const call = /^\w+\((?<key>[^,()]+)/.exec(field)?.groups?.['key'];
  if (call !== undefined && type !== 'string' && !/^(min|max|any)\(/.test(field)) return field;
  const inner = (call ?? field).trim();
  return /^tags?\[(?<key>[^\],]+)/.exec(inner)?.groups?.['key'] ?? inner;
}
