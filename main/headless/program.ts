/** The command line, read: commander's parsing with our words in the person's language. */

import { Command, CommanderError, type HelpConfiguration, Option } from 'commander';
import { suggestion } from '../../app/errors/did-you-mean.ts';
import type { Locale } from '../../app/errors/index.ts';
import { badValue, oneOf, type UsageFault, usage } from './faults.ts';
import { HELP_OPTION, HELP_WORDS, PROGRAM_WORDS, VERB_NAMES, VERBS, VERSION_OPTION, type VerbName } from './help.ts';
import { GLOBAL_OPTIONS, type OptionSpec } from './help-options.ts';

export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

export type CommandLine =
  | {
      kind: 'run';
      verb: VerbName;
      args: readonly string[];
      options: OptionValues;
      /** Of the options that may stand several times. */
      lists: Readonly<Record<string, readonly string[]>>;
      globals: OptionValues;
    }
  /** Help or the version was asked for. */
  | { kind: 'shown'; text: string };

const COMMAND = 'npm run shenghua --';

/** @throws UsageFault */
export function readCommandLine(argv: readonly string[], locale: Locale, version: string): CommandLine {
  const shown: string[] = [];
  let chosen: CommandLine | undefined;
  const program = new Command('shenghua');
  const help: HelpConfiguration = {
    styleTitle: (title) => (locale === 'zh-CN' ? (HELP_WORDS[title] ?? title) : title),
    helpWidth: Math.min(100, process.stdout.columns ?? 100),
  };
  const settle = (command: Command): Command =>
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => shown.push(text), writeErr: () => {} })
      .configureHelp(help)
      .helpOption('-h, --help', HELP_OPTION[locale])
      .helpCommand(false)
      .allowExcessArguments(true);

  settle(program)
    .usage(locale === 'zh-CN' ? '<命令> [选项]' : '<command> [options]')
    .description(PROGRAM_WORDS.summary[locale])
    .version(version, '-V, --version', VERSION_OPTION[locale])
    .enablePositionalOptions()
    .addHelpText('after', PROGRAM_WORDS.more[locale]);
  addOptions(program, GLOBAL_OPTIONS, locale);
  for (const spec of VERBS) {
    const command = settle(program.command(spec.name)).description(spec.summary[locale]).summary(spec.summary[locale]);
    const takes = spec.argument === undefined ? '' : ` ${spec.argument.name}`;
    command.usage(`${locale === 'zh-CN' ? '[选项]' : '[options]'}${takes}`).addHelpText('after', spec.more[locale]);
    if (spec.argument !== undefined) command.argument(spec.argument.name, spec.argument.words[locale]);
    addOptions(command, spec.options, locale);
    command.action(() => {
      const values = Object.entries(command.opts<Record<string, string | boolean | string[]>>());
      const options = Object.fromEntries(
        values.flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, value]])),
      );
      const lists = Object.fromEntries(
        values.flatMap(([name, value]) => (Array.isArray(value) ? [[name, value]] : [])),
      );
      chosen = { kind: 'run', verb: spec.name, args: command.args, options, lists, globals: program.opts() };
      checkValues(command, spec.options, options);
      for (const [name, list] of Object.entries(lists))
        for (const value of list) checkValues(command, spec.options, { [name]: value });
      const [extra] = spec.argument === undefined ? command.args : [];
      if (extra !== undefined) throw usage('command.extra-argument', { argument: extra });
    });
  }
  // With an action of its own commander takes an unknown verb for an argument of the program, and no verb for a call of it.
  program.argument('[verb]').action((verb?: string) => {
    if (verb === undefined) throw usage('command.no-verb', { verbs: VERB_NAMES.join(', ') });
    throw usage('command.unknown-verb', { verb, verbs: VERB_NAMES.join(', '), ...suggestion(verb, VERB_NAMES) });
  });
  program.configureHelp({ ...help, visibleArguments: () => [] });

  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version')
      return { kind: 'shown', text: shown.join('') };
    throw faultOf(error, argv);
  }
  if (chosen === undefined) throw usage('command.no-verb', { verbs: VERB_NAMES.join(', ') });
  checkValues(program, GLOBAL_OPTIONS, program.opts());
  return chosen;
}

function addOptions(command: Command, specs: readonly OptionSpec[], locale: Locale): void {
  for (const { flags, words, many } of specs) {
    const option = new Option(flags, words[locale]);
    if (many) option.argParser((value, before?: string[]) => [...(before ?? []), value]);
    command.addOption(option);
  }
}

/** An option in the place of a value is a value left out; a choice is one of its words. */
function checkValues(command: Command, specs: readonly OptionSpec[], values: OptionValues): void {
  const flags = new Set(command.options.flatMap((option) => [option.long, option.short]));
  for (const option of command.options) {
    const value = values[option.attributeName()];
    if (typeof value !== 'string' || option.long == null || option.attributeName() === 'version') continue;
    if (flags.has(value)) throw usage('command.missing-value', { option: option.long, verb: command.name() });
    const choices = specs.find((spec) => spec.flags === option.flags)?.choices;
    if (choices !== undefined && !choices.includes(value)) throw badValue(option.long, value, oneOf(choices));
  }
}

/** Commander's errors are English sentences; what they speak about stands in quotation marks. */
function faultOf(error: CommanderError, argv: readonly string[]): UsageFault {
  const verb = argv.find((word): word is VerbName => (VERB_NAMES as readonly string[]).includes(word));
  const named = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const where = verb === undefined ? COMMAND : `${verb}`;
  const specs = VERBS.find(({ name }) => name === verb)?.options ?? GLOBAL_OPTIONS;
  const longs = ['--help', ...specs.map(({ flags }) => flags.split(' ')[0]!)];
  switch (error.code) {
    case 'commander.unknownOption': {
      const option = named.split('=')[0]!;
      return usage('command.unknown-option', { option, verb: where, ...suggestion(option, longs) });
    }
    case 'commander.optionMissingArgument':
      return usage('command.missing-value', { option: named.split(' ')[0]!, verb: where });
    case 'commander.missingArgument':
      return usage('command.missing-argument', { argument: `<${named}>`, verb: where });
    default:
      return usage('command.wrong-usage', { detail: error.message.replace(/^error: /, ''), verb: where });
  }
}
