import { posix } from 'node:path';
import type { Action, ActionPart } from '../model/action.ts';
import type { Evidence, Finding, PartEvidence } from '../model/evidence.ts';
import type { OperationSpec } from '../model/operation.ts';
import type { CommandAnalysis } from './commands/analysis.ts';
import { argumentCommands } from './commands/argument-commands.ts';
import { commandParts, createCommandScene, OPERATION_OF } from './commands/command-parts.ts';
import { inspectCommand } from './commands/inspect-command.ts';
import { looseCommands } from './commands/loose-words.ts';
import { changesFolder, ownCommand, runsOwn } from './commands/own-commands.ts';
import { isStarter } from './commands/program-starters.ts';
import { inspectSparql } from './graph/inspect-sparql.ts';
import { inspectInput, MAX_PARTS, MAX_TARGET } from './input-check.ts';
import { type KnownHosts, knownHosts } from './network/lookalikes.ts';
import { judgeUrl, type UrlJudgement } from './network/parse-url.ts';
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

/** Words of a line that can't be read: this many are held against the protected places. */
const MAX_LOOSE_WORDS = 4000;

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
  let listed: KnownHosts | undefined;
  const urlOf = (target: string): UrlJudgement => {
    listed ??= knownHosts(input.knownDomains ?? []);
    return judgeUrl(target, listed);
  };
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

  const inspectCommandPart = (
    part: ActionPart,
    action: Action,
    main: boolean,
    base: Base,
    findings: Finding[],
  ): readonly PartEvidence[] => {
    // The environment is every command's; the words are those of the action itself.
    const { argv: _words, ...shared } = action.context ?? {};
    const look = createCommandScene(input, scene, base);
    const judged = inspectCommand(part.target, main ? action.context : shared, look, commandsGuarded);
    const { analysis, known } = judged;
    // Also where the line can't be read: rule 8 holds even where nothing is enforced.
    const lost = known ? [] : looseCommands(part.target);
    const texts = lost.filter((words) => words.some(isStarter)).flatMap((words) => words.filter(hasBlank));
    const unread = [...lost, ...texts.flatMap(looseCommands)];
    // What is too long to be looked through is refused in every mode, since rule 8 holds in every mode.
    const tooMany = unread.reduce((sum, words) => sum + words.length, 0) > MAX_LOOSE_WORDS;
    if (tooMany) {
      findings.push(
        ...judged.findings,
        always(`the command is refused: it has more than ${MAX_LOOSE_WORDS} words; no agent may run it`),
      );
      return [part];
    }
    const held = firstFinding([...analysis.words, ...unread], (words) => {
      const own = ownCommand(words, (word) => realName(word, base));
      return own === undefined ? undefined : always(`the command is refused: ${own}; no agent may run it`);
    });
    // THREAT: run elsewhere it reads a configuration that the agent wrote, and opens the store that this one names.
    const lines = [...analysis.words, ...unread];
    const isElsewhere = !base.ok || base.path !== workspace || changesFolder(lines);
    if (held === undefined && runsOwn(lines) && isElsewhere)
      findings.push(
        always('the command is refused: ggen-mcp runs in another folder than the workspace; no agent may do that'),
      );
    const loose = analysis.parts.flatMap(({ loose: words, cwds }) =>
      (cwds ?? [undefined]).map((cwd) => ({ words, cwd })),
    );
    const touched =
      firstFinding(loose, ({ words, cwd }) =>
        named.inWords(words, cwd === undefined ? base : { ok: true, path: cwd }),
      ) ?? firstFinding(unread, (words) => named.inWords(words, base));
    for (const finding of [held, touched]) if (finding !== undefined) findings.push(finding);
    // A search without a path reads where it runs.
    const around = base.ok && !isInside(workspace, base.path) ? [base.path] : [];
    const keys = protectedFinding(guard, around, 'read-tree', 'the folder that the command runs in');
    if (keys !== undefined) findings.push(keys);
    findings.push(...judged.findings);
    if (!base.ok && base.process) findings.push(always(`where the command runs lies behind a process: ${base.reason}`));
    if (!base.ok) findings.push(unresolvable(`where the command runs can't be known: context.cwd: ${base.reason}`));
    if (!known || !base.ok) return [part];
    return [...commandParts(part, analysis, commandsGuarded), ...touchedParts(analysis, findings)];
  };

  /** What the files and hosts of a command line would be as actions of their own: the strictest verdict wins. */
  const touchedParts = (analysis: CommandAnalysis, findings: Finding[]): PartEvidence[] => {
    const parts: PartEvidence[] = [];
    for (const { kind, path, cwd } of analysis.touches) {
      const spec = input.operation(OPERATION_OF[kind]);
      if (spec === undefined) continue;
      const at: Base = cwd === undefined ? { ok: false, reason: 'it is not known' } : { ok: true, path: cwd };
      parts.push(inspectPathPart({ actionType: spec.name, target: path }, spec, at, findings));
    }
    for (const { target, url } of analysis.urls) {
      const bare = { actionType: 'http_request', target };
      const judged = url === undefined ? urlOf(target) : { url };
      if (judged.finding !== undefined) findings.push(judged.finding);
      parts.push(judged.url === undefined ? bare : { ...bare, url: judged.url });
    }
    return parts;
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

  /** The part first, then what else it would do. */
  const inspectPart = (
    part: ActionPart,
    action: Action,
    main: boolean,
    base: () => Base,
    findings: Finding[],
  ): readonly PartEvidence[] => {
    const spec = input.operation(part.actionType);
    switch (spec?.target) {
      case 'path':
        return [inspectPathPart(part, spec, base(), findings)];
      case 'command':
        return inspectCommandPart(part, action, main, base(), findings);
      case 'url': {
        const { url, finding } = urlOf(part.target);
        if (finding !== undefined) findings.push(finding);
        if (main) inspectParameters(action, base, findings);
        return [url === undefined ? part : { ...part, url }];
      }
      default: {
        if (main) inspectParameters(action, base, findings);
        if (part.actionType === 'execute_sparql') {
          for (const text of main ? [part.target, action.content] : [part.target]) {
            if (text !== undefined) inspectSparql(text, findings);
          }
        }
        return [part];
      }
    }
  };

  const isCommand = (operation: string): boolean => input.operation(operation)?.target === 'command';
  const inspect = (action: Action): Evidence => {
    const validated = on && security.inputValidation;
    const findings: Finding[] = validated ? inspectInput(action, maxBytes, isCommand) : [];
    const given = action.parts?.length ?? 0;
    if (!validated && given > MAX_PARTS) findings.push(unresolvable(`only ${MAX_PARTS} of ${given} parts are judged`));
    let start: Base | undefined;
    const base = (): Base => {
      start ??= resolveBase(action.context?.cwd, scene);
      return start;
    };
    const parts: PartEvidence[] = [];
    const more: PartEvidence[] = [];
    let count = 0;
    const judgePart = ({ actionType, target }: ActionPart, main: boolean): void => {
      // What is past the bounds stays unresolved, and so nothing permits it.
      const bare = { actionType, target };
      if (count > MAX_PARTS) parts.push(bare);
      else {
        const [own, ...found] = inspectPart(bare, action, main, base, findings);
        parts.push(own!);
        more.push(...found);
      }
      count += 1;
    };
    judgePart(action, true);
    for (const part of action.parts ?? []) judgePart(part, false);
    parts.push(...more);

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

  return { inspect, maskSecrets: scanner.mask, mayHoldSecret: scanner.mayHold };
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

function firstFinding<T>(items: Iterable<T>, find: (item: T) => Finding | undefined): Finding | undefined {
  for (const item of items) {
    const finding = find(item);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function hasBlank(word: string): boolean {
  return /\s/.test(word);
}

function unresolvable(message: string): Finding {
  return { kind: 'input', rule: 'builtin.unresolved', severity: 'deny', message };
}
