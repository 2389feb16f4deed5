const hidden = '(hidden)';

/** Keys of Sentry, and of services themselves, that hold a user: `user` is `id:4711`, `email:…`, `username:…` or `ip:…`. */
const ofUsers = /^(sentry:)?user(\.|$)|^user[_-]?(id|name|login|display)$/i;
/** Where users are, not who they are. */
const placesOfUsers = /^user\.geo\./i;
const addressKeys = /(^|[._-])(e-?mail|ip|ip_?addr(ess)?)$/i;
const kinds = /^(id|email|username|ip|ip_address):/;

/**
 * The value of a tag or column without the person that it names.
 *
 * @param nameOf what a user is called instead: the same for the same user, so that counts keep their meaning
 */
export function hidePerson(key: string, value: string, nameOf: (user: string) => string): string {
  if (addressKeys.test(key)) return hidden;
  if (!ofUsers.test(key) || placesOfUsers.test(key) || value === '') return value;
  return nameOf(value.replace(kinds, ''));
}
