/**
 * Programs that run other programs named in their arguments, or text as commands. Until commands are judged in depth,
 * they are refused: an allow list of names says nothing about what they start.
 */
const STARTERS: ReadonlySet<string> = new Set(
  [
    'sh bash zsh dash ash ksh mksh fish csh tcsh rbash busybox toybox pwsh powershell cmd cmd.exe wsl',
    'eval source . exec command builtin trap alias enable hash coproc',
    'env xargs sudo doas su runuser runas nohup nice ionice chrt taskset timeout setsid stdbuf time unbuffer script expect',
    'parallel watch strace ltrace gdb valgrind perf unshare nsenter chroot fakeroot setpriv capsh setarch flock',
    'systemd-run at batch crontab screen tmux dtach nc ncat socat ssh-agent dbus-run-session xvfb-run start-stop-daemon',
    'bwrap firejail sshpass daemonize entr hyperfine catchsegv ld.so linux32 linux64 prlimit cpulimit numactl',
  ]
    .join(' ')
    .split(' '),
);

/** Options that make `find` run, delete or write. */
const FIND_ACTIONS: ReadonlySet<string> = new Set(
  '-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf -fls'.split(' '),
);

/** Why the words start something that isn't their program, as a clause; undefined where nothing says so. */
export function startsOthers(argv: readonly string[]): string | undefined {
  const program = baseName(argv[0]!);
  if (isStarter(program)) return `${program} starts other programs`;
  if (program !== 'find' && program !== 'gfind') return undefined;
  const action = argv.find((word) => FIND_ACTIONS.has(word));
  return action === undefined ? undefined : `find ${action} starts other programs or changes files`;
}

/** True where the word is the name or path of such a program. */
export function isStarter(word: string): boolean {
  return STARTERS.has(baseName(word));
}

/** The last component of a program's path. */
export function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}
