/** JSON Schema in the dialect that grammars are made of: what it does not know is left out, so that more is allowed, never less. */
import type { GbnfJsonObjectSchema } from 'node-llama-cpp';

const KNOWN = new Set([
  ...['type', 'description', 'enum', 'const', 'properties', 'items', 'prefixItems', 'oneOf', '$defs', '$ref'],
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'additionalProperties', 'minProperties', 'maxProperties'],
]);
const FORMATS = new Set(['date-time', 'time', 'date']);

export function grammarSchema(schema: Readonly<Record<string, unknown>>): GbnfJsonObjectSchema {
  return convert(schema) as GbnfJsonObjectSchema;
}

function convert(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema;
  const from = schema as Readonly<Record<string, unknown>>;
  const to: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(from)) {
    if (name === 'anyOf' || name === 'oneOf') to.oneOf = (value as unknown[]).map(convert);
    else if (name === 'definitions' || name === '$defs' || name === 'properties')
      to[name === 'definitions' ? '$defs' : name] = each(value, convert);
    else if (name === 'items' || name === 'additionalProperties') to[name] = convert(value);
    else if (name === 'prefixItems') to[name] = (value as unknown[]).map(convert);
    else if (name === 'format' && FORMATS.has(String(value))) to[name] = value;
    else if (name === '$ref') to[name] = String(value).replace('#/definitions/', '#/$defs/');
    else if (KNOWN.has(name)) to[name] = value;
  }
  return to;
}

const each = (record: unknown, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record as Record<string, unknown>).map(([name, value]) => [name, change(value)]));
