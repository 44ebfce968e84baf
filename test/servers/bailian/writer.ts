/**
 * The writing of the local Bailian when no test says what to answer: always the same for the same question, about what was asked, in its
 * language, and in the form that was demanded (a JSON Schema, a tool's arguments).
 */
import { seeded } from '../../../app/document/seeded.ts';
import type { Answer, Asked } from './answers.ts';

type Schema = Record<string, unknown>;

const HAN = /\p{Script=Han}/u;

export function write(asked: Asked): Answer {
  const question = asked.messages.findLast((message) => message.role === 'user')?.content ?? '';
  const last = asked.messages.at(-1);
  const thinking = asked.thinking ? { thinking: reasoning(question) } : {};
  if (last?.role === 'tool') return { ...thinking, text: told(question, last.content) };
  const tool = chosenTool(asked, question);
  if (tool !== null) {
    const source = new Source(question);
    return {
      ...thinking,
      toolCalls: [{ name: tool.name, arguments: instance(tool.parameters, tool.parameters, source, '') }],
    };
  }
  if (asked.format === 'json') return { ...thinking, text: JSON.stringify({ answer: reply(question) }) };
  if (asked.format !== null) {
    const { schema } = asked.format;
    return { ...thinking, text: JSON.stringify(instance(schema, schema, new Source(question), '')) };
  }
  return { ...thinking, text: reply(question) };
}

function reasoning(question: string): string {
  const topic = sentences(question)[0] ?? question;
  return HAN.test(question)
    ? `用户问的是“${topic}”。先弄清要点，再简短作答。`
    : `The user asks: ${topic} I find the point first, then answer briefly.`;
}

function told(question: string, result: string): string {
  return HAN.test(question)
    ? `查到的结果是：${result}。希望对你有帮助。`
    : `This is what I found: ${result}. I hope it helps.`;
}

function reply(question: string): string {
  const said = sentences(question);
  const topic = (said.at(-1) ?? question).replace(/[。！？.!?]+$/u, '').slice(0, 60);
  const pick = <T>(of: readonly T[]): T => of[seeded(7, question) % of.length];
  if (HAN.test(question)) {
    return `关于“${topic}”，${pick(['我来说说。', '这是个好问题。', '可以这样看。'])}首先要抓住重点，不必面面俱到。其次要讲得清楚，让人一听就懂。最后，欢迎继续提问！`;
  }
  const start = pick(['Let me put it briefly.', 'That is a good question.', 'One can see it like this.']);
  return `You asked about "${topic}". ${start} First, look for what matters most. Then say it plainly, so that everybody follows. Feel free to ask on!`;
}

/** Called when it must be, or when the question speaks of what the tool is for. */
function chosenTool(asked: Asked, question: string): Asked['tools'][number] | null {
  const { toolChoice, tools } = asked;
  if (toolChoice === 'none') return null;
  if (toolChoice !== 'auto') return tools.find((tool) => tool.name === toolChoice.name) ?? null;
  const said = pairs(question);
  const scored = tools.map((tool) => {
    const about = pairs(`${tool.name.replaceAll('_', ' ')} ${tool.description}`);
    return {
      tool,
      common: [...about].filter((pair) => said.has(pair)).length / Math.max(1, Math.min(said.size, about.size)),
    };
  });
  const best = scored.toSorted((a, b) => b.common - a.common)[0];
  return best !== undefined && best.common >= 0.2 ? best.tool : null;
}

function pairs(text: string): Set<string> {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  return new Set(Array.from({ length: Math.max(0, letters.length - 1) }, (_, i) => letters.slice(i, i + 2)));
}

function sentences(text: string): string[] {
  return (text.match(/[^。！？!?\n.]+[。！？!?.]*/gu) ?? []).map((one) => one.trim()).filter((one) => one !== '');
}

/** Deals out the question's sentences, one to each element of a list. */
class Source {
  readonly whole: string;
  readonly lines: string[];

  constructor(question: string) {
    this.whole = question;
    this.lines = sentences(question);
  }
}

function instance(schema: Schema, root: Schema, source: Source, line: string, name = ''): unknown {
  const reference = schema.$ref;
  if (typeof reference === 'string') return instance(resolve(reference, root), root, source, line, name);
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[seeded(3, line || source.whole, name) % schema.enum.length];
  const either = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(either)) {
    const options = either as Schema[];
    const option = options.find((entry) => entry.type !== 'null') ?? options[0];
    return instance(option, root, source, line, name);
  }
  const type = Array.isArray(schema.type) ? (schema.type as string[]).find((entry) => entry !== 'null') : schema.type;
  if (type === 'object' || schema.properties !== undefined) {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    return Object.fromEntries(
      Object.entries(properties).map(([key, property]) => [key, instance(property, root, source, line, key)]),
    );
  }
  if (type === 'array') {
    const least = Number(schema.minItems ?? 0);
    const most = Number(schema.maxItems ?? 50);
    const count = Math.max(least, Math.min(most, Math.max(1, source.lines.length)));
    const items = (schema.items ?? { type: 'string' }) as Schema;
    return Array.from({ length: count }, (_, i) =>
      instance(items, root, source, source.lines[i % Math.max(1, source.lines.length)] ?? source.whole, `${i}`),
    );
  }
  if (type === 'number' || type === 'integer')
    return number(schema, seeded(5, line || source.whole, name), type === 'integer');
  if (type === 'boolean') return seeded(9, line || source.whole, name) % 2 === 0;
  if (type === 'null') return null;
  const text = line || source.lines[0] || source.whole || name;
  const most = Number(schema.maxLength ?? 2000);
  return text.slice(0, most).padEnd(Number(schema.minLength ?? 0), '。');
}

function number(schema: Schema, drawn: number, whole: boolean): number {
  const least = Number(schema.minimum ?? schema.exclusiveMinimum ?? 0);
  const most = Number(schema.maximum ?? schema.exclusiveMaximum ?? least + (whole ? 10 : 1));
  const value = least + (drawn / 2 ** 32) * (most - least);
  return whole ? Math.round(value) : Math.round(value * 100) / 100;
}

function resolve(reference: string, root: Schema): Schema {
  let at: unknown = root;
  for (const step of reference.split('/').slice(1)) at = (at as Schema | undefined)?.[step];
  return (at ?? {}) as Schema;
}
