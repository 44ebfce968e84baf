/**
 * Reading a document that any build may have written: older ones are brought up step by step, newer ones are refused
 * untouched, and what does not fit is named by its path. Writing goes through {@link serialiseProject}.
 */
import { z } from 'zod';
import { StudioError } from '../errors/index.ts';
import { PROJECT_VERSION, type Project, projectSchema } from './project.ts';

export type JsonObject = { [key: string]: unknown };

/**
 * One step in the life of the format. `migrate` gets a copy of its own of a document of version `from` and gives one of
 * version `to`; the version number itself is set by the reader. It may trust that the document once was valid at `from`.
 */
export interface DocumentMigration {
  from: number;
  to: number;
  /** What changed, in kebab-case: `rename-mark-to-ai-mark`. Never changes once released. */
  name: string;
  migrate(document: JsonObject): JsonObject;
}

/** In order, each beginning where the one before ends, the last ending at PROJECT_VERSION. */
const PROJECT_MIGRATIONS: readonly DocumentMigration[] = [
  {
    from: 1,
    to: 2,
    name: 'add-own-emotions-and-consent',
    migrate({ avatar, ...rest }) {
      const withConsent = typeof avatar === 'object' && avatar !== null ? { consent: null, ...avatar } : avatar;
      return { emotions: [], ...rest, ...(withConsent !== undefined && { avatar: withConsent }) };
    },
  },
  { from: 2, to: 3, name: 'add-live', migrate: (document) => ({ live: {}, ...document }) },
];

/**
 * A reader for documents of `currentVersion`, described by `schema`. The input is never changed.
 * @throws StudioError `storage.document-newer`, `storage.document-invalid`
 */
export function documentReader<T>(
  schema: z.ZodType<T>,
  currentVersion: number,
  migrations: readonly DocumentMigration[],
): (input: unknown) => T {
  assertUnbroken(migrations, currentVersion);
  return (input) => {
    const version = versionOf(input);
    if (version > currentVersion)
      throw new StudioError('storage.document-newer', { version, supported: currentVersion });
    return parse(schema, version === currentVersion ? input : migrate(input as JsonObject, version, migrations));
  };
}

/**
 * A project out of JSON that a file, the database or another program holds.
 * @throws StudioError `storage.document-newer`, `storage.document-invalid`
 */
export const parseProject = documentReader<Project>(projectSchema, PROJECT_VERSION, PROJECT_MIGRATIONS);

/**
 * The project as JSON text, indented for people. `parseProject(JSON.parse(text))` gives the same project back, whatever its
 * strings hold: half a surrogate pair is written as `\udXXX`, so the text is always valid Unicode and nothing is lost in UTF-8.
 */
export const serialiseProject = (project: Project): string => `${JSON.stringify(project, null, 2)}\n`;

function assertUnbroken(migrations: readonly DocumentMigration[], currentVersion: number): void {
  const names = new Set(migrations.map((step) => step.name));
  if (names.size !== migrations.length) throw new Error('Two document migrations share a name');
  for (const [index, { from, to, name }] of migrations.entries()) {
    const next = migrations[index + 1]?.from ?? currentVersion;
    if (to <= from || to !== next) throw new Error(`Document migration ${name} (${from} → ${to}) must lead to ${next}`);
  }
}

function versionOf(input: unknown): number {
  const version = typeof input === 'object' && input !== null && 'version' in input ? input.version : undefined;
  const result = z.strictObject({ version: z.int().min(0) }).safeParse({ version });
  if (result.success) return result.data.version;
  throw new StudioError('storage.document-invalid', {
    detail: 'it has no version number, so it is not a project of this studio',
    detailZh: '其中没有版本号（version），不是本软件的项目',
  });
}

function migrate(input: JsonObject, version: number, migrations: readonly DocumentMigration[]): JsonObject {
  let document = JSON.parse(JSON.stringify(input)) as JsonObject;
  let reached = version;
  const start = migrations.findIndex((step) => step.from === version);
  if (start < 0) {
    throw new StudioError('storage.document-invalid', {
      detail: `no build ever wrote version ${version}`,
      detailZh: `从未有过第 ${version} 版的项目格式`,
    });
  }
  for (const step of migrations.slice(start)) {
    try {
      document = { ...step.migrate(document), version: step.to };
    } catch (cause) {
      const detail = `version ${reached} could not be brought up to ${step.to} (${step.name})`;
      const detailZh = `无法从第 ${reached} 版升级到第 ${step.to} 版（${step.name}）`;
      throw new StudioError('storage.document-invalid', { detail, detailZh }, { cause });
    }
    reached = step.to;
  }
  return document;
}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const chinese = schema.safeParse(input, { error: z.locales.zhCN().localeError });
  throw new StudioError(
    'storage.document-invalid',
    {
      detail: describeIssues(result.error.issues, '; ', (count) => `and ${count} more`),
      detailZh: describeIssues(chinese.error?.issues ?? [], '；', (count) => `另有 ${count} 处`),
    },
    { cause: result.error },
  );
}

const SHOWN_ISSUES = 4;

function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  separator: string,
  more: (count: number) => string,
): string {
  const shown = issues.slice(0, SHOWN_ISSUES).map((issue) => `${pathOf(issue.path)}: ${issue.message}`);
  const left = issues.length - shown.length;
  return [...shown, ...(left > 0 ? [more(left)] : [])].join(separator);
}

/** `script.lines[2].emotion`, as one would write it. */
function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '') || 'project';
}
