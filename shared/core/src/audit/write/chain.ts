import { type Digest, sha256 } from '../format/hash.ts';
import { formatLine } from '../format/line.ts';
import { CompactRange } from '../format/merkle.ts';
import type { LineMac } from '../keys/hmac.ts';

/** A state of the chain to come back to. */
export interface ChainSnapshot {
  readonly size: number;
  readonly previous: Digest;
  readonly tree: CompactRange;
  readonly mac: Uint8Array | undefined;
}

/** The hash chain, tree and stepping MAC of one writer. Nothing moves before `commit`, so a failed write costs nothing. */
export class Chain {
  readonly writer: string;
  readonly #keyId: string;
  readonly #mac: LineMac | undefined;
  #size = 0;
  #previous: Digest = '';
  #tree = new CompactRange();

  constructor(writer: string, keyId: string, mac: LineMac | undefined) {
    this.writer = writer;
    this.#keyId = keyId;
    this.#mac = mac;
  }

  get size(): number {
    return this.#size;
  }

  /** Leaf hash of the last line. */
  get previous(): Digest {
    return this.#previous;
  }

  root(): Digest {
    return this.#tree.root();
  }

  /** The next line as `formatLine` gives it: a zero byte, the line, a newline. */
  prepare(eventJson: string, now: number): Buffer {
    const mac = this.#mac;
    const parts = { writer: this.writer, n: this.#size, t: timestamp(now), k: this.#keyId, p: this.#previous };
    return formatLine(parts, eventJson, mac && ((bytes) => mac.mac(bytes)));
  }

  /** @param stepsKey the line is a checkpoint */
  commit(prepared: Buffer, stepsKey: boolean): void {
    this.#previous = sha256(prepared.subarray(0, -1));
    this.#tree.append(this.#previous);
    this.#size += 1;
    if (stepsKey) this.#mac?.step();
  }

  snapshot(): ChainSnapshot {
    return { size: this.#size, previous: this.#previous, tree: this.#tree.clone(), mac: this.#mac?.state() };
  }

  restore(snapshot: ChainSnapshot): void {
    this.#size = snapshot.size;
    this.#previous = snapshot.previous;
    this.#tree = snapshot.tree.clone();
    if (snapshot.mac !== undefined) this.#mac?.restore(snapshot.mac);
  }
}

function timestamp(now: number): number {
  return Number.isSafeInteger(Math.trunc(now)) ? Math.max(0, Math.trunc(now)) : 0;
}
