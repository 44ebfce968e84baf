/** The person's own emotions for all projects. */
import { type OwnEmotion, ownEmotionSchema } from '../../../app/document/emotions.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { foldEmotionName } from '../../../app/speech/emotion.ts';
import type { StudioDatabase } from '../database.ts';

export interface OwnEmotionRepository {
  /** By name. One that no longer fits the schema is left out. */
  list(): OwnEmotion[];
  /** Adds, or replaces the one with this id. @throws StudioError `storage.emotion-name-taken` */
  save(emotion: OwnEmotion): void;
  remove(id: string): void;
}

export function openOwnEmotionRepository({ sql, read, write }: StudioDatabase): OwnEmotionRepository {
  const select = sql.prepare<[], string>('SELECT emotion FROM own_emotions WHERE json_valid(emotion)').pluck();
  const upsert = sql.prepare<[string, string, string]>(
    `INSERT INTO own_emotions (id, name, emotion) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, emotion = excluded.emotion`,
  );
  const drop = sql.prepare<[string]>('DELETE FROM own_emotions WHERE id = ?');
  const list = (): OwnEmotion[] =>
    select
      .all()
      .flatMap((text) => ownEmotionSchema.safeParse(JSON.parse(text)).data ?? [])
      .sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'));
  return {
    list: () => read(list),
    save(emotion) {
      write(() => {
        const folded = foldEmotionName(emotion.name);
        const other = list().find(({ id, name }) => id !== emotion.id && foldEmotionName(name) === folded);
        if (other !== undefined) throw new StudioError('storage.emotion-name-taken', { name: emotion.name });
        upsert.run(emotion.id, emotion.name, JSON.stringify(emotion));
      });
    },
    remove(id) {
      write(() => drop.run(id));
    },
  };
}
