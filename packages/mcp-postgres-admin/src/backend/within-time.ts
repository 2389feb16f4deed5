/**
 * Waits for no longer than this; what is waited for goes on.
 *
 * @throws Error `timeout expired`, as the driver says it of a connection
 */
export async function withinTime<Value>(coming: Promise<Value>, ms: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timeout expired')), ms);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}
