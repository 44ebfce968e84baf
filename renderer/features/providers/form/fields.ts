/** What of the providers can be set, read off its zod schema: the forms are drawn from this, and from nothing else. */
import { z } from 'zod';
import { providerSettingsSchema } from '../../../../app/providers/settings.ts';

/** Names from the schema's root; items of a list have no name of their own. */
export type FieldPath = readonly string[];

interface Common {
  path: FieldPath;
  /** null is a value of it: none, no limit. */
  nullable: boolean;
  /** What it is unless set; undefined: it must be given. */
  initial: unknown;
}
export type Field = Common &
  (
    | { kind: 'text'; maxLength: number | undefined }
    | { kind: 'number'; min: number; max: number; whole: boolean }
    | { kind: 'switch' }
    | { kind: 'choice'; options: readonly string[] }
    /** Some of the options, in an order. */
    | { kind: 'choices'; options: readonly string[]; min: number }
    /** Sentences of the person's own. */
    | { kind: 'lines'; maxLength: number; max: number | undefined }
    /** Names in an order: a chain of providers. */
    | { kind: 'chain' }
    | { kind: 'group'; fields: readonly Field[] }
    | { kind: 'records'; fields: readonly Field[]; max: number | undefined }
  );

/** As JSON Schema says it. */
interface Node {
  type?: string;
  enum?: readonly string[];
  anyOf?: readonly Node[];
  default?: unknown;
  properties?: Readonly<Record<string, Node>>;
  items?: Node;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

function fieldOf(path: FieldPath, node: Node): Field {
  const own = node.anyOf?.find(({ type }) => type !== 'null') ?? node;
  const common: Common = { path, nullable: node.anyOf !== undefined, initial: node.default };
  switch (own.type) {
    case 'object':
      return { ...common, kind: 'group', fields: fieldsIn(path, own) };
    case 'array':
      if (own.items?.type === 'object')
        return { ...common, kind: 'records', fields: fieldsIn(path, own.items), max: own.maxItems };
      if (own.items?.enum !== undefined)
        return { ...common, kind: 'choices', options: own.items.enum, min: own.minItems ?? 0 };
      if (own.items?.maxLength !== undefined)
        return { ...common, kind: 'lines', maxLength: own.items.maxLength, max: own.maxItems };
      return { ...common, kind: 'chain' };
    case 'boolean':
      return { ...common, kind: 'switch' };
    case 'number':
    case 'integer':
      return {
        ...{ ...common, kind: 'number', whole: own.type === 'integer' },
        ...{ min: own.minimum ?? Number.NEGATIVE_INFINITY, max: own.maximum ?? Number.POSITIVE_INFINITY },
      };
    case 'string':
      if (own.enum !== undefined) return { ...common, kind: 'choice', options: own.enum };
      return { ...common, kind: 'text', maxLength: own.maxLength };
    default:
      throw new Error(`No control is known for ${path.join('.')}`);
  }
}
const fieldsIn = (path: FieldPath, { properties = {} }: Node): Field[] =>
  Object.entries(properties).map(([name, node]) => fieldOf([...path, name], node));

/** Every part of the settings, in the schema's order. */
export const providerFields = (): readonly Field[] =>
  fieldsIn([], z.toJSONSchema(providerSettingsSchema, { io: 'output' }) as Node);

/** Under which its words stand: `providers.field_…`, `providers.hint_…`, `providers.option_…_<option>`. */
export const textName = (path: FieldPath): string => path.join('_');

export function valueAt(settings: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    settings,
  );
}

/** The same with another value there; what lies beside the path stays the same object. */
export function withValue<T>(settings: T, path: FieldPath, value: unknown): T {
  const [name, ...rest] = path;
  if (name === undefined) return value as T;
  const inner = (settings as Record<string, unknown>)[name];
  if (Array.isArray(settings)) return settings.with(Number(name), withValue(inner, rest, value)) as T;
  return { ...settings, [name]: withValue(inner, rest, value) };
}
