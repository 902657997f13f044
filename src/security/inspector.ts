import { posix } from 'node:path';
import type { Action, ActionPart } from '../model/action.ts';
import type { Evidence, Finding, PartEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import { inspectCommand } from './commands/inspect-command.ts';
import { looseWords, pathsInWord } from './commands/loose-words.ts';
import { ownCommand } from './commands/own-commands.ts';
import { inspectInput, MAX_PARTS, MAX_TARGET } from './input-check.ts';
import { judgeUrl } from './network/parse-url.ts';
import { decodedForms } from './paths/decoded-forms.ts';
import { type Base, inspectPath, type PathScene, placeTarget, resolveBase } from './paths/inspect-path.ts';
import { normalizeAbsolute } from './paths/lexical.ts';
import { resolveLinks } from './paths/resolve-links.ts';
import { createGuard, type Touch } from './protected/guard.ts';
import { always, protectedFinding } from './protected/inspect-protected.ts';
import { inspectSecrets } from './secrets/inspect-secrets.ts';
import { createScanner } from './secrets/scanner.ts';
import { secretTexts, textsOf } from './texts.ts';
import type { ActionInspector, InspectorInput } from './types.ts';

/** How many paths of one command or call are followed through links; the rest is compared as text. */
const MAX_FOLLOWED = 4096;
/** How much of an over-long target's end is dropped, since a secret may be cut in two there. */
const CUT_MARGIN = 512;

/**
 * Builds the inspector of one configuration: what it finds is Evidence, in a fixed order (input, then part by part,
 * then secrets). Costs nothing until it is used; safe to share.
 */
export function createInspector(input: InspectorInput): ActionInspector {
  const { security, workspace, home, files } = input;
  const on = security.enabled;
  const scene: PathScene = { workspace, home, files, guarded: on && security.pathTraversalProtection };
  const commandsGuarded = on && security.commandInjectionProtection;
  const maxBytes = Math.floor(security.maxRequestSizeMb * 1024 * 1024);
  const guard = createGuard(input.protectedPaths, files, workspace);
  const scanner = createScanner(security.secretPatterns);

  /** Absolute forms of what may be a path, by its text and through its links. */
  const formsOf = (text: string, base: Base, follow: boolean): string[] => {
    const placed = placeTarget(text, base, home);
    if (!placed.ok) return [];
    const lexical = normalizeAbsolute(placed.path);
    const resolution = follow ? resolveLinks(files, placed.path, workspace) : undefined;
    return resolution?.ok && resolution.path !== lexical ? [lexical, resolution.path] : [lexical];
  };

  const protectedWords = (words: readonly string[], base: Base, what: string): Finding | undefined => {
    let followed = 0;
    for (const word of words) {
      for (const part of pathsInWord(word)) {
        followed += 1;
        const forms = formsOf(part, base, followed <= MAX_FOLLOWED);
        const finding = protectedFinding(guard, forms, 'write', `${what} names a path that`);
        if (finding !== undefined) return finding;
      }
    }
    return undefined;
  };

  const inspectPathPart = (part: ActionPart, spec: OperationSpec, base: Base, findings: Finding[]): PartEvidence => {
    const { target } = part;
    const judged = inspectPath(target, spec, base, scene);
    const touch: Touch = spec.access !== 'read' ? 'write' : spec.recursive ? 'read-tree' : 'read';
    const forms = [judged.lexical, judged.resolved];
    if (target.length <= MAX_TARGET) {
      // THREAT: whoever decodes the target later must not arrive at a protected place either.
      for (const form of decodedForms(target) ?? []) forms.push(...formsOf(form.replaceAll('\\', '/'), base, false));
      if (/^file:/i.test(target)) forms.push(...formsOf(target.replace(/^file:\/*/i, '/'), base, true));
    }
    const finding = protectedFinding(guard, forms, touch, 'the target');
    if (finding !== undefined) findings.push(finding);
    findings.push(...judged.findings);
    return judged.path === undefined ? part : { ...part, path: judged.path };
  };

  const inspectCommandPart = (part: ActionPart, action: Action, main: boolean, base: Base, findings: Finding[]) => {
    const judged = inspectCommand(part.target, main ? action.context : undefined, commandsGuarded);
    // Also where the line can't be split: rule 8 holds even where nothing is enforced.
    const words = judged.argv ?? looseWords(part.target);
    const realName = (word: string): string | undefined =>
      word.includes('/') ? posix.basename(formsOf(word, base, true).at(-1) ?? '') : undefined;
    const own = ownCommand(words, realName);
    if (own !== undefined) findings.push(always(`the command is refused: ${own}; no agent may run it`));
    const touched = protectedWords(words, base, 'the command');
    if (touched !== undefined) findings.push(touched);
    findings.push(...judged.findings);
    return judged.argv === undefined ? part : { ...part, argv: judged.argv };
  };

  const inspectPart = (part: ActionPart, action: Action, main: boolean, base: () => Base, findings: Finding[]) => {
    const spec = input.operation(part.actionType);
    switch (spec?.target) {
      case 'path':
        return inspectPathPart(part, spec, base(), findings);
      case 'command':
        return inspectCommandPart(part, action, main, base(), findings);
      case 'url': {
        const { url, finding } = judgeUrl(part.target);
        if (finding !== undefined) findings.push(finding);
        return url === undefined ? part : { ...part, url };
      }
      default: {
        // A tool that nobody described may write any path among its arguments.
        if (main && action.parameters !== undefined) {
          const words = textsOf(action.parameters).map(({ text }) => text.slice(text.indexOf('=') + 1));
          const touched = protectedWords(words, base(), 'an argument');
          if (touched !== undefined) findings.push(touched);
        }
        return part;
      }
    }
  };

  const inspect = (action: Action): Evidence => {
    const findings: Finding[] = on && security.inputValidation ? inspectInput(action, maxBytes) : [];
    let start: Base | undefined;
    const base = (): Base => {
      start ??= resolveBase(action.context?.cwd, scene);
      return start;
    };
    const parts: PartEvidence[] = [];
    const judgePart = ({ actionType, target }: ActionPart, main: boolean): void => {
      // What is past the bounds stays unresolved, and so nothing permits it.
      const bare = { actionType, target };
      parts.push(parts.length > MAX_PARTS ? bare : inspectPart(bare, action, main, base, findings));
    };
    judgePart(action, true);
    for (const part of action.parts ?? []) judgePart(part, false);

    const safeTarget = maskTarget(action.target);
    const texts = secretTexts(action);
    const plain =
      findings.length > 0 && quotable(action).some((text) => scanner.mask(text) !== text)
        ? findings.map(withoutQuotes)
        : findings;
    const secrets =
      on && security.secretScanning ? inspectSecrets(scanner, texts, security.secretPatterns.action, maxBytes) : [];
    return { parts, findings: [...plain, ...secrets], safeTarget };
  };

  const maskTarget = (target: string): string => {
    const whole = target.toWellFormed();
    if (whole.length <= MAX_TARGET) return scanner.mask(whole);
    const masked = scanner.mask(whole.slice(0, MAX_TARGET));
    return `${masked.slice(0, -CUT_MARGIN)}… (${target.length} characters)`;
  };

  return { inspect, maskSecrets: scanner.mask };
}

/** The strings that messages quote from. */
function quotable(action: Action): string[] {
  return [
    action.target,
    ...(action.parts ?? []).map((part) => part.target),
    ...Object.keys(action.context?.env ?? {}),
  ].map((text) => text.slice(0, MAX_TARGET));
}

/** A quotation may hold a secret, cut in a place where no pattern knows it any more. */
function withoutQuotes(finding: Finding): Finding {
  return { ...finding, message: finding.message.replace(/".*"/s, '"…"') };
}
