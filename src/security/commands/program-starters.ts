/**
 * Programs that run other programs named in their arguments, or text as commands: what rule 8 looks through where a
 * line can't be read.
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

/** True where the word is the name or path of such a program. */
export function isStarter(word: string): boolean {
  return STARTERS.has(baseName(word));
}

/** The last component of a program's path. */
export function baseName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}
