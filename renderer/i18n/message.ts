/**
 * Messages are plain strings with `{name}` for a value and `{count|one line|many lines}` for a choice by number
 * (Intl.PluralRules: its `one` form, else the last). Their parameters are read off the text by the type checker.
 */

type NameOf<Inner extends string> = Inner extends `${infer Name}|${string}` ? Name : Inner;
type NamesIn<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? NameOf<Inner> | NamesIn<Rest>
  : never;

export type MessageValue = string | number;
/** The parameters a message asks for: none, or an object with each of them. */
export type MessageParams<Text extends string> = [NamesIn<Text>] extends [never]
  ? []
  : [params: Readonly<Record<NamesIn<Text>, MessageValue>>];

const SLOT = /\{(\w+)(?:\|([^{}]*))?\}/g;

/** The text with its values; numbers are written as the language writes them. */
export function fillMessage(text: string, params: Readonly<Record<string, MessageValue>>, locale: string): string {
  if (!text.includes('{')) return text;
  return text.replace(SLOT, (whole, name: string, forms: string | undefined) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (forms !== undefined) {
      const choices = forms.split('|');
      const one = new Intl.PluralRules(locale).select(Number(value)) === 'one';
      return (one ? choices[0] : choices.at(-1)) ?? whole;
    }
    return typeof value === 'number' ? new Intl.NumberFormat(locale).format(value) : value;
  });
}

/** The names a message's slots ask for, for comparing languages. */
export const slotNames = (text: string): string[] => [...new Set([...text.matchAll(SLOT)].map((m) => m[1]!))].sort();
