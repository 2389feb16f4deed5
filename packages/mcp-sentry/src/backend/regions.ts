import type { Fields } from '../model/told.ts';
import { fieldsOf, textOf } from '../model/told.ts';

/**
 * Where an organisation's data is. Believed only of sentry.io and only for hosts of sentry.io, so that the token goes nowhere
 * else; a server of one's own often tells an internal address, or none.
 *
 * @param organization as the API tells it
 * @returns undefined: at the base address itself
 */
export function regionOf(base: URL, organization: unknown): string | undefined {
  if (base.host !== 'sentry.io' || base.protocol !== 'https:') return undefined;
  const links: Fields = fieldsOf(fieldsOf(organization)['links']);
  const told = textOf(links['regionUrl']);
  if (told === undefined || !URL.canParse(told)) return undefined;
  const region = new URL(told);
  const isOurs = region.protocol === 'https:' && region.port === '' && region.hostname.endsWith('.sentry.io');
  return isOurs ? `https://${region.hostname}` : undefined;
}
