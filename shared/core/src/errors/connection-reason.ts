const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ENOTFOUND: 'is not found: the host name does not resolve',
  EAI_AGAIN: 'is not found: the host name does not resolve now',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached: no route to the host',
  ENETUNREACH: 'cannot be reached: no route to the network',
  ECONNRESET: 'closed the connection',
  EPIPE: 'closed the connection',
  ERR_STREAM_PREMATURE_CLOSE: 'closed the connection in the middle of its answer',
  HPE_INVALID_CONSTANT: 'does not speak HTTP there',
  EPROTO: 'does not speak TLS there',
};

/** Why a backend could not be talked to, as the end of a sentence that begins with its address. */
export interface ConnectionReason {
  readonly why: string;
  /** The certificate, or TLS as such: a setting names the authority. */
  readonly isTls: boolean;
}

/** What the code of an error of node's sockets, TLS or HTTP means for an operator. */
export function connectionReason(error: Error): ConnectionReason {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (/CERT|SELF_SIGNED|UNABLE_TO_|TLS|SSL/.test(code))
    return { why: `refuses the TLS connection (${code})`, isTls: true };
  const known = Object.hasOwn(reasons, code) ? reasons[code] : undefined;
  const cut = error.message === 'aborted' ? reasons['ERR_STREAM_PREMATURE_CLOSE'] : undefined;
  return { why: known ?? cut ?? 'cannot be talked to', isTls: false };
}
