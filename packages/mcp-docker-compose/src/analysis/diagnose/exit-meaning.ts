const known: Readonly<Record<number, string>> = {
  0: 'it finished',
  125: 'the engine could not start it',
  126: 'its command cannot be executed',
  127: 'its command was not found',
  130: 'SIGINT',
  134: 'it aborted (SIGABRT)',
  137: 'SIGKILL',
  139: 'segmentation fault (SIGSEGV)',
  143: 'SIGTERM',
};

/** What an exit code says: `139 (segmentation fault (SIGSEGV))`; above 128 the signal, below it the application's own word. */
export function exitMeaning(code: number): string {
  const meaning = known[code] ?? (code > 128 && code < 160 ? `signal ${code - 128}` : 'an error of the application');
  return `${code} (${meaning})`;
}
