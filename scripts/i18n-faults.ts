/** What can be wrong with the interface's texts, found in dictionaries and source files. Each fault is one line. */
import ts from 'typescript';
import { slotNames } from '../renderer/i18n/message.ts';

type Areas = Readonly<Record<string, Readonly<Record<string, string>>>>;
export interface SourceFile {
  path: string;
  text: string;
}

/** Keys that one language lacks, empty texts, and slots that are not the same as in English. */
export function dictionaryFaults(languages: Readonly<Record<string, Areas>> & { en: Areas }): string[] {
  const faults: string[] = [];
  const names = new Set(Object.values(languages).flatMap((areas) => Object.keys(areas)));
  for (const area of names) {
    const keys = new Set(Object.values(languages).flatMap((areas) => Object.keys(areas[area] ?? {})));
    for (const key of keys) {
      const inEnglish = languages.en[area]?.[key];
      for (const [language, areas] of Object.entries(languages)) {
        const text = areas[area]?.[key];
        const place = `renderer/i18n/${language}/${area}.ts: ${key}`;
        if (text === undefined) faults.push(`${place} is missing`);
        else if (text.trim() === '') faults.push(`${place} is empty`);
        else if (inEnglish !== undefined && slotNames(text).join() !== slotNames(inEnglish).join())
          faults.push(
            `${place} has the slots {${slotNames(text).join()}}, English has {${slotNames(inEnglish).join()}}`,
          );
      }
    }
  }
  return faults;
}

/** Words that any feature may need. */
const SHARED = 'ui';

/** Keys that no source file names, whole (`'area.key'`) or by their beginning in a template (`` `area.be${…}` ``). */
export function unusedKeys(areas: Areas, sources: readonly SourceFile[]): string[] {
  const code = sources.map(({ text }) => text).join('\n');
  const whole = new Set([...code.matchAll(/['"`](\w+\.[\w-]+)['"`]/g)].map((match) => match[1]));
  const beginnings = [...code.matchAll(/`(\w+\.[\w.-]*)\$\{/g)].map((match) => match[1]!);
  return Object.entries(areas).flatMap(([area, texts]) =>
    (area === SHARED ? [] : Object.keys(texts))
      .map((key) => `${area}.${key}`)
      .filter((key) => !whole.has(key) && !beginnings.some((beginning) => key.startsWith(beginning)))
      .map((key) => `renderer/i18n/en/${area}.ts: ${key} is used nowhere`),
  );
}

/** Attributes and properties whose text people read (or hear). */
const READ =
  /^(alt|title|label|placeholder|aria-(label|description|valuetext|roledescription|placeholder)|hint|text|description|tooltip|message|trigger|\w+(Label|Text|Title|Hint|Name))$/;
const NOT_READ = /^(className|displayName|fileName|idName|tagName|nodeName|latencyHint)$/;
const LETTERS = /\p{L}{2,}|\p{Script=Han}/u;
const HAN = /\p{Script=Han}/u;

/** Text in JSX, in attributes and properties that are read, and Chinese in any string. */
export function hardCodedText(path: string, text: string): string[] {
  const file = ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const faults: string[] = [];
  const tell = (node: ts.Node, found: string): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    faults.push(`${path}:${line + 1}: the text "${found.trim().slice(0, 60)}" belongs into a dictionary`);
  };
  const isRead = (name: string): boolean => READ.test(name) && !NOT_READ.test(name);

  /** What a string literal would be shown as. */
  const shown = (expression: ts.Expression): void => {
    if (ts.isStringLiteralLike(expression)) {
      if (LETTERS.test(expression.text)) tell(expression, expression.text);
    } else if (ts.isTemplateExpression(expression)) {
      const words = [expression.head.text, ...expression.templateSpans.map(({ literal }) => literal.text)].join('…');
      if (LETTERS.test(words)) tell(expression, words);
    } else if (ts.isConditionalExpression(expression)) {
      shown(expression.whenTrue);
      shown(expression.whenFalse);
    } else if (ts.isParenthesizedExpression(expression)) shown(expression.expression);
    else if (ts.isBinaryExpression(expression)) {
      const { kind } = expression.operatorToken;
      const joins = kind === ts.SyntaxKind.PlusToken;
      if (joins) shown(expression.left);
      if (
        joins ||
        kind === ts.SyntaxKind.BarBarToken ||
        kind === ts.SyntaxKind.QuestionQuestionToken ||
        kind === ts.SyntaxKind.AmpersandAmpersandToken
      )
        shown(expression.right);
    }
  };

  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) {
      if (LETTERS.test(node.text)) tell(node, node.text);
    } else if (ts.isJsxExpression(node) && node.expression !== undefined && !ts.isJsxAttribute(node.parent)) {
      shown(node.expression);
    } else if (ts.isJsxAttribute(node) && isRead(node.name.getText(file))) {
      const value = node.initializer;
      if (value !== undefined && ts.isStringLiteral(value)) shown(value);
      else if (value !== undefined && ts.isJsxExpression(value) && value.expression !== undefined)
        shown(value.expression);
    } else if (ts.isPropertyAssignment(node) && isRead(node.name.getText(file).replace(/['"]/g, ''))) {
      // A key of a dictionary is no text.
      if (!(ts.isStringLiteralLike(node.initializer) && /^\w+\.[\w-]+$/.test(node.initializer.text)))
        shown(node.initializer);
    } else if ((ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) && HAN.test(node.text)) tell(node, node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...new Set(faults)];
}
