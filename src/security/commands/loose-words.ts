const MAX_LENGTH = 65_536;

/**
 * What may be the commands of a line that can't be split, each as words: quotes and escapes dropped, cut at everything
 * that separates, assignments in front left out. Only for looking up what must never be touched, never for permitting.
 */
export function looseCommands(line: string): string[][] {
  return line
    .slice(0, MAX_LENGTH)
    .replace(/['"\\]/g, '')
    .split(/[;|&(){}`\n\r]+/)
    .map((command) => command.split(/[\s<>]+/).filter((word) => word !== ''))
    .map((words) => {
      const program = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
      return program < 0 ? words : words.slice(program);
    })
    .filter((words) => words.length > 0);
}
