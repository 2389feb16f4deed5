const known: Readonly<Record<number, string>> = {
  0: 'finished without error',
  1: 'an error of the application',
  2: 'wrong use of a command, or an error of the application',
  125: 'the container could not be run',
  126: 'the command cannot be executed: no permission, or no program',
  127: 'the command was not found',
};

const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP: hang-up',
  2: 'SIGINT: interrupt',
  3: 'SIGQUIT: quit',
  4: 'SIGILL: illegal instruction, often a program for another CPU',
  6: 'SIGABRT: abort, by a failed assertion or the runtime itself',
  7: 'SIGBUS: bad memory access',
  8: 'SIGFPE: arithmetic error',
  9: 'SIGKILL: killed without warning',
  11: 'SIGSEGV: segmentation fault',
  13: 'SIGPIPE: broken pipe',
  14: 'SIGALRM: alarm',
  15: 'SIGTERM: asked to end',
  24: 'SIGXCPU: CPU limit of the process',
  31: 'SIGSYS: forbidden system call',
};

/** What an exit code of a container means, in words; codes above 128 tell the signal that ended it. */
export function exitMeaning(code: number): string {
  return (
    known[code] ??
    signals[code - 128] ??
    (code > 128 && code < 193 ? `signal ${code - 128}` : 'an error of the application')
  );
}

/** Of those that end a process only where it wishes so; a stop signal may be any. */
const others: Readonly<Record<string, number>> = { SIGUSR1: 10, SIGUSR2: 12, SIGWINCH: 28, 'SIGRTMIN+3': 37 };

/** Number of a signal as events name it, `15` or `SIGTERM`; undefined for one that is not known. */
export function signalNumber(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const name = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`;
  const found = Object.entries(signals).find(([, words]) => words.startsWith(`${name}:`));
  return found === undefined ? others[name] : Number(found[0]);
}
