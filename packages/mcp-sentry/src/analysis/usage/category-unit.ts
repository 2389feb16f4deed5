import { bytes, count, duration } from '@cinecom/mcp-core';

/** What the quantity of a category is: of most it is how many there were. */
export type CategoryUnit = 'events' | 'bytes' | 'ms' | 'seconds';

/** @see getsentry/relay, DataCategory: attachments are counted in bytes, profiles by their duration */
export function categoryUnit(category: string | undefined): CategoryUnit {
  const name = category?.toLowerCase() ?? '';
  if (name === 'attachment' || /_bytes?$/.test(name)) return 'bytes';
  if (/(^|_)duration(_|$)/.test(name)) return 'ms';
  return /_seconds?$/.test(name) ? 'seconds' : 'events';
}

/** A quantity of a category with its unit. */
export function quantityText(category: string | undefined, quantity: number): string {
  const unit = categoryUnit(category);
  if (unit === 'events') return count(quantity);
  return unit === 'bytes' ? bytes(quantity) : duration(unit === 'ms' ? quantity : quantity * 1000);
}
