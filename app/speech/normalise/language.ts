/** Which language reads each atom. */
import type { SpeechLang } from '../plan.ts';
import type { Atom } from './scan.ts';

/** A `said` or `entry` atom's language, where it has one; the caller knows what they speak. */
export type LanguageOf = (atom: Atom) => SpeechLang | null;

interface Clause {
  from: number;
  to: number;
  lang: SpeechLang | null;
}

/**
 * Han is `han`'s, Latin words are English. A number or sign is read by the language it touches, else by its clause's:
 * a clause with any real share of Han is Chinese, so that “iPhone 15 很好” says 十五. Marks and spaces stay with
 * what is before them, opening brackets and quotes with what follows.
 */
export function tellLanguages(atoms: readonly Atom[], base: SpeechLang, languageOf: LanguageOf): SpeechLang[] {
  const han: SpeechLang = base === 'yue' ? 'yue' : 'zh';
  const langs = atoms.map((atom): SpeechLang | null => {
    if (atom.kind === 'han' || atom.kind === 'syllable') return han;
    if (atom.kind === 'latin') return 'en';
    return languageOf(atom);
  });
  const strong = langs.slice();
  for (const clause of clauses(atoms, strong, base, han)) {
    for (let i = clause.from; i < clause.to; i++) {
      const { kind } = atoms[i]!;
      if (kind === 'number' || kind === 'symbol') {
        langs[i] = touched(atoms, strong, i, han) ? han : (clause.lang ?? base);
      }
    }
  }
  fillMarks(atoms, langs, base);
  return langs as SpeechLang[];
}

/** Han on either side, one space allowed between. */
function touched(atoms: readonly Atom[], strong: readonly (SpeechLang | null)[], at: number, han: SpeechLang): boolean {
  for (const step of [-1, 1]) {
    let i = at + step;
    if (atoms[i]?.kind === 'space') i += step;
    if (strong[i] === han) return true;
  }
  return false;
}

/** Letters and acronyms are at home in any language: 8K, PM2.5, 5G+AI. */
const isWord = (atom: Atom): boolean => atom.kind !== 'latin' || /\p{Ll}/u.test(atom.latin.written.slice(1));

function clauses(
  atoms: readonly Atom[],
  strong: readonly (SpeechLang | null)[],
  base: SpeechLang,
  han: SpeechLang,
): Clause[] {
  const found: Clause[] = [];
  let from = 0;
  let hanCount = 0;
  let words = 0;
  atoms.forEach((atom, i) => {
    if (strong[i] === han) hanCount += atom.kind === 'han' ? 1 : 2;
    else if (strong[i] === 'en' && isWord(atom)) words++;
    if ((atom.kind === 'punctuation' && atom.endsClause) || i === atoms.length - 1) {
      const chinese = base === 'en' ? hanCount > words : hanCount > 0 && words <= 2 * hanCount;
      const lang = hanCount === 0 && words === 0 ? null : chinese ? han : 'en';
      found.push({ from, to: i + 1, lang });
      from = i + 1;
      hanCount = 0;
      words = 0;
    }
  });
  // A clause of numbers alone goes with the one before it, at the beginning with the one after.
  let last = found.find((clause) => clause.lang !== null)?.lang ?? null;
  for (const clause of found) {
    clause.lang ??= last;
    last = clause.lang;
  }
  return found;
}

function fillMarks(atoms: readonly Atom[], langs: (SpeechLang | null)[], base: SpeechLang): void {
  let last: SpeechLang | null = null;
  /** The first of the marks that wait for what follows, or −1. */
  let waitingFrom = -1;
  for (let i = 0; i <= atoms.length; i++) {
    const lang: SpeechLang | null = i < atoms.length ? langs[i]! : (last ?? base);
    if (lang === null) {
      const atom = atoms[i]!;
      const opens = atom.kind === 'punctuation' && atom.opening;
      if (waitingFrom < 0 && (last === null || opens)) waitingFrom = i;
      if (waitingFrom < 0) langs[i] = last;
      continue;
    }
    if (waitingFrom >= 0) langs.fill(lang, waitingFrom, i);
    waitingFrom = -1;
    last = lang;
  }
}
