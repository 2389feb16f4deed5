export interface MemoryNow {
  readonly memoryBytes: number | undefined;
  /** Memory and swap together: -1 without a limit, undefined where nothing was said. */
  readonly swapBytes: number | undefined;
}

/**
 * Memory and swap together beside a new memory limit: unlimited stays unlimited; twice the memory stays twice, which is what
 * the engine gives a container for which only memory is said (20.10, 26.1, 28.5); else the swap alone stays as large.
 */
export function swapFor(newMemoryBytes: number, { memoryBytes, swapBytes = 0 }: MemoryNow): number {
  if (swapBytes < 0) return -1;
  if (memoryBytes === undefined || swapBytes === 0 || swapBytes === 2 * memoryBytes) return 2 * newMemoryBytes;
  return newMemoryBytes + Math.max(0, swapBytes - memoryBytes);
}
