import { statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printable } from '../kernel/text.ts';
import type { ApprovalsConfig } from '../model/configuration.ts';
import type { Places } from './places.ts';

/** Something that a program is made of, and that no agent may write. */
export interface DeciderFile {
  readonly path: string;
  readonly covers: 'tree' | 'file';
}

export interface DeciderPrograms {
  readonly files: readonly DeciderFile[];
  /** `rule` is the path of the word in the configuration */
  readonly errors: readonly { readonly rule: string; readonly message: string }[];
  readonly warnings: readonly { readonly rule: string; readonly message: string }[];
}

/**
 * The files that the commands of agents lead to, by their words. THREAT: an agent that may write the program which
 * decides on its requests, decides on them itself. What such a file brings in from beside itself isn't known.
 */
export function deciderPrograms({ approvers }: ApprovalsConfig, places: Places): DeciderPrograms {
  const files: DeciderFile[] = [];
  const errors: { rule: string; message: string }[] = [];
  const warnings: { rule: string; message: string }[] = [];
  approvers.agent.forEach(({ command = [] }, index) => {
    command.forEach((word, at) => {
      const rule = `approvals.approvers.agent[${index}].command[${at}]`;
      for (const path of pathsOf(word, at === 0, places)) {
        const isFolder = kindOf(path) === 'folder';
        if (isFolder && [places.workspace, places.home].some((root) => isBelow(root, path))) {
          const where = path === places.home ? 'the home directory' : 'the workspace';
          const message = `${printable(JSON.stringify(word))} leads to a folder that holds ${where}, where agents write`;
          errors.push({ rule, message: `${message}; name the file that decides` });
          continue;
        }
        files.push({ path, covers: isFolder ? 'tree' : 'file' });
        const near = isBelow(path, places.workspace) && !isBelow(path, places.configDir);
        if (near && kindOf(path) !== undefined) {
          const message = `${printable(JSON.stringify(word))} lies where agents work: it is protected from them, what it brings in is not`;
          warnings.push({ rule, message: `${message}; move it into the configuration’s folder` });
        }
      }
    });
  });
  return { files, errors, warnings };
}

/** PATH without the folders of the workspace, and relative ones: what an agent puts there is not to be started. */
export function pathOutside(path: string | undefined, { workspace }: Pick<Places, 'workspace'>): string {
  return (path ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/') && !isBelow(resolve(folder), workspace))
    .join(delimiter);
}

/** Where a word may lead: itself, what stands behind `=`, a file: URL, and in a line of shell what exists. */
function pathsOf(word: string, isProgram: boolean, { configDir, workspace, home }: Places): string[] {
  const at = (path: string): string => resolve(configDir, path);
  // A bare name is looked for in PATH; what lies elsewhere on this machine is no place for agents.
  if (isProgram) {
    const path = at(word);
    return word.includes('/') && [configDir, workspace, home].some((root) => isBelow(path, root)) ? [path] : [];
  }
  const value = word.slice(word.indexOf('=') + 1);
  const forms = [word, value].filter((form) => form !== '' && !form.startsWith('-') && !form.includes('\0'));
  const paths = forms.map((form) => at(fileOfUrl(form) ?? form));
  // Options take their values without a sign too (`-r./x`), and shells take lines.
  const inside = word.split(/[\s"'`<>|;&(){}]+|^-+[A-Za-z]/).filter((form) => /[/.]/.test(form) && /[^/.]/.test(form));
  paths.push(...inside.map(at).filter((path) => kindOf(path) === 'file'));
  return [...new Set(paths)];
}

function fileOfUrl(text: string): string | undefined {
  try {
    return text.startsWith('file:') ? fileURLToPath(text) : undefined;
  } catch {
    return undefined;
  }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}
