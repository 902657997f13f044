import { posix } from 'node:path';
import type { Action, ActionPart } from '../model/action.ts';
import type { Evidence, Finding, PartEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import { argumentCommands } from './commands/argument-commands.ts';
import { inspectCommand } from './commands/inspect-command.ts';
import { looseCommands } from './commands/loose-words.ts';
import { ownCommand } from './commands/own-commands.ts';
import { isStarter } from './commands/program-starters.ts';
import { inspectSparql } from './graph/inspect-sparql.ts';
import { inspectInput, MAX_PARTS, MAX_TARGET } from './input-check.ts';
import { judgeUrl } from './network/parse-url.ts';
import { otherReadings } from './paths/decoded-forms.ts';
import { type Base, inspectPath, type PathScene, resolveBase } from './paths/inspect-path.ts';
import { isInside } from './paths/lexical.ts';
import { createGuard, type Touch } from './protected/guard.ts';
import { always, protectedFinding } from './protected/inspect-protected.ts';
import { createNamedPaths } from './protected/named-paths.ts';
import { inspectSecrets } from './secrets/inspect-secrets.ts';
import { createScanner } from './secrets/scanner.ts';
import { parameterTexts, secretTexts } from './texts.ts';
import type { ActionInspector, InspectorInput } from './types.ts';

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

  const named = createNamedPaths(guard, files, { workspace, home, protectedPaths: input.protectedPaths });

  const inspectPathPart = (part: ActionPart, spec: OperationSpec, base: Base, findings: Finding[]): PartEvidence => {
    const { target } = part;
    const judged = inspectPath(target, spec, base, scene);
    const touch: Touch = spec.access !== 'read' ? 'write' : spec.recursive ? 'read-tree' : 'read';
    const forms = [judged.lexical, judged.resolved];
    // THREAT: whoever reads the target in another way later must not arrive at a protected place either.
    const readings = target.length <= MAX_TARGET ? otherReadings(target) : [];
    for (const reading of readings) forms.push(...named.formsOf(reading, base, true));
    const finding = protectedFinding(guard, forms, touch, 'the target');
    if (finding !== undefined) findings.push(finding);
    findings.push(...judged.findings);
    return judged.path === undefined ? part : { ...part, path: judged.path };
  };

  const inspectCommandPart = (part: ActionPart, action: Action, main: boolean, base: Base, findings: Finding[]) => {
    // The environment is every command's; the words are those of the action itself.
    const { argv: _words, ...shared } = action.context ?? {};
    const judged = inspectCommand(part.target, main ? action.context : shared, commandsGuarded);
    // Also where the line can't be split: rule 8 holds even where nothing is enforced.
    const whole = judged.argv === undefined ? looseCommands(part.target) : [judged.argv];
    // What a starter takes as text may be commands (`sh -c 'rm -rf config'`).
    const texts = whole.filter((words) => words.some(isStarter)).flatMap((words) => words.filter(hasBlank));
    const commands = [...whole, ...texts.flatMap(looseCommands)];
    for (const words of commands) {
      const own = ownCommand(words, (word) => realName(word, base));
      const touched = named.inWords(words, base);
      if (own !== undefined) findings.push(always(`the command is refused: ${own}; no agent may run it`));
      if (touched !== undefined) findings.push(touched);
      if (own !== undefined || touched !== undefined) break;
    }
    // A search without a path reads where it runs.
    const around = base.ok && !isInside(workspace, base.path) ? [base.path] : [];
    const keys = protectedFinding(guard, around, 'read-tree', 'the folder that the command runs in');
    if (keys !== undefined) findings.push(keys);
    findings.push(...judged.findings);
    if (!base.ok && base.process) findings.push(always(`where the command runs lies behind a process: ${base.reason}`));
    if (!base.ok) findings.push(unresolvable(`where the command runs can't be known: context.cwd: ${base.reason}`));
    return judged.argv === undefined || !base.ok ? part : { ...part, argv: judged.argv };
  };

  /** the name of what a word leads to, where the word is a path */
  const realName = (word: string, base: Base): string | undefined =>
    word.includes('/') ? posix.basename(named.formsOf(word, base, true).at(-1) ?? '') : undefined;

  /** A tool that nobody described, or one that saves what it fetched, may write any path among its arguments. */
  const inspectParameters = (action: Action, base: () => Base, findings: Finding[]): void => {
    if (action.parameters === undefined) return;
    const touched = named.inParameters(parameterTexts(action.parameters), base());
    if (touched !== undefined) return void findings.push(touched);
    for (const { words, likely } of argumentCommands(action.parameters)) {
      const own = ownCommand(words, likely ? (word) => realName(word, base()) : undefined);
      if (own !== undefined) {
        return void findings.push(always(`a command in an argument is refused: ${own}; no agent may run it`));
      }
      const inCommand = likely ? named.inWords(words, base()) : undefined;
      if (inCommand !== undefined) return void findings.push(inCommand);
    }
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
        if (main) inspectParameters(action, base, findings);
        return url === undefined ? part : { ...part, url };
      }
      default: {
        if (main) inspectParameters(action, base, findings);
        if (part.actionType === 'execute_sparql') {
          for (const text of main ? [part.target, action.content] : [part.target]) {
            if (text !== undefined) inspectSparql(text, findings);
          }
        }
        return part;
      }
    }
  };

  const inspect = (action: Action): Evidence => {
    const validated = on && security.inputValidation;
    const findings: Finding[] = validated ? inspectInput(action, maxBytes) : [];
    const more = action.parts?.length ?? 0;
    if (!validated && more > MAX_PARTS) findings.push(unresolvable(`only ${MAX_PARTS} of ${more} parts are judged`));
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
    const leaky = findings.length > 0 && quotable(action).some((text) => scanner.mask(text) !== text);
    const plain = findings.map((finding) => ({
      ...finding,
      message: scanner.mask(leaky ? withoutQuotes(finding.message) : finding.message),
    }));
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
function withoutQuotes(message: string): string {
  return message.replace(/".*"/s, '"…"');
}

function hasBlank(word: string): boolean {
  return /\s/.test(word);
}

function unresolvable(message: string): Finding {
  return { kind: 'input', rule: 'builtin.unresolved', severity: 'deny', message };
}
