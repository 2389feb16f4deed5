/** An answer without what differs from run to run, so that a snapshot shows the rest as it is. */
export function normalise(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '<time>')
    .replaceAll(/(?<![\w.])-?[\d.,]+ (ms|s|min|h|d)\b( \d+ (s|min|h)\b)?/g, '<duration>')
    .replaceAll(/\bdb_[0-9a-f]+\b/g, '<database>')
    .replaceAll(/\bpid (\d+)/g, 'pid <pid>')
    .replaceAll(/"pid":\d+/g, '"pid":<pid>')
    .replaceAll(/^\|\d{3,11}\|/gm, '|<pid>|')
    .replaceAll(/\bPostgreSQL \d+\.\d+/g, 'PostgreSQL <version>')
    .replaceAll(/\btransaction \d+/g, 'transaction <xid>')
    .replaceAll(/\blast [\d,]+ transactions/g, 'last <n> transactions')
    .replaceAll(/\bcursor_\S+|\bcur_\S+/gi, '<cursor>')
    .replaceAll(/[\d.]+ (k|M|G)?B\b/g, '<size>')
    .replaceAll(/\([\d.]+ %\)/g, '(<share>)')
    .replaceAll(/takes [\d.]+ %/g, 'takes <share>')
    .replaceAll(/^[\d,]+ calls,/gm, '<n> calls,')
    .replaceAll(/^\|-?\d{12,}\|/gm, '|<query id>|')
    .replaceAll(/"queryId":"-?\d+"/g, '"queryId":"<query id>"');
}
