import { hostOrigin } from '../format/checkpoint.ts';
import { type NoteSigner, type NoteVerifier, parseVkey } from '../format/note.ts';
import type { LineMac } from '../keys/hmac.ts';
import { deriveLogKeys, type LogKeys } from '../keys/log-keys.ts';

/** What the verifier holds to check one writer with. */
export interface WriterTrust {
  /** Checks notes; undefined when no key for this writer is known. */
  readonly verifier: NoteVerifier | undefined;
  /** Signs as the writer does; only with the secret key. Ed25519 is deterministic, and signing costs a third of checking. */
  readonly signer: NoteSigner | undefined;
  /** Present only with the secret key. @param step checkpoints that lie before */
  readonly lineMac: ((step: number) => LineMac) | undefined;
  /** Tag of marks and retention headers; only with the secret key. */
  readonly guard: ((text: string) => string) | undefined;
}

/** Chain and tree only. */
export const noTrust: WriterTrust = { verifier: undefined, signer: undefined, lineMac: undefined, guard: undefined };

/** The keys given to a verification, asked for by host. */
export class Trust {
  readonly #root: Uint8Array | undefined;
  readonly #verifiers: readonly NoteVerifier[];
  readonly #byHost = new Map<string, LogKeys>();

  /** @throws RangeError for text that is no verifier key */
  constructor(root: Uint8Array | undefined, vkeys: readonly string[]) {
    this.#root = root;
    this.#verifiers = vkeys.map((vkey) => parseVkey(vkey));
  }

  get method(): 'key' | 'public-key' | 'chain-only' {
    if (this.#root !== undefined) return 'key';
    return this.#verifiers.length > 0 ? 'public-key' : 'chain-only';
  }

  /** @param keyId the `k` of the writer's lines */
  of(writer: string, host: string, keyId: string): WriterTrust {
    // An unsigned log is checked as one, whatever key is at hand.
    if (keyId === 'none') return noTrust;
    const keys = this.#keys(host);
    const given = this.#verifiers.find((verifier) => verifier.name === hostOrigin(host) && verifier.keyId === keyId);
    if (keys === undefined) return { verifier: given, signer: undefined, lineMac: undefined, guard: undefined };
    const own = parseVkey(keys.signer.vkey);
    return {
      verifier: own.keyId === keyId ? own : given,
      signer: own.keyId === keyId ? keys.signer : undefined,
      lineMac: (step) => keys.lineMac(writer, step),
      guard: keys.guard(writer),
    };
  }

  #keys(host: string): LogKeys | undefined {
    if (this.#root === undefined) return undefined;
    const known = this.#byHost.get(host) ?? deriveLogKeys(this.#root, host);
    this.#byHost.set(host, known);
    return known;
  }
}
