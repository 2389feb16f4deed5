/** Whether a text is the name of a time zone that this runtime knows, as `Asia/Tokyo`; aliases count, bare offsets do not. */
export function isZone(name: string): boolean {
  // newer Node also takes +09:00, which knows no summer time
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false; // the only way that Intl has to say no
  }
}
