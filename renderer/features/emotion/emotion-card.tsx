/** One emotion in a gallery: the portrait with it, its name, its colour. */
import { BookmarkCheck, ImageOff } from 'lucide-react';
import { type CSSProperties, memo, type ReactElement } from 'react';
import type { ShownEmotion } from '../../../app/contract/emotions.ts';
import { useT } from '../../state/language.ts';
import { cx, Spinner } from '../../ui/index.ts';
import styles from './emotion.module.css';
import { type Face, useThumb } from './stills.ts';

const SIDE_PX = 224;

interface EmotionCardProps {
  name: string;
  /** For CSS. */
  colour: string;
  face: Face;
  emotion: ShownEmotion;
  chosen: boolean;
  /** It is in the person's library too. */
  kept?: boolean;
  onChoose: () => void;
  onOpen?: (() => void) | undefined;
}

export const EmotionCard = memo(function EmotionCard(props: EmotionCardProps): ReactElement {
  const { name, colour, face, emotion, chosen, kept, onChoose, onOpen, ...rest } = props;
  const t = useT();
  const url = useThumb({ face, emotion, mouth: 'rest', sidePx: SIDE_PX });
  return (
    <button
      type="button"
      {...rest}
      className={cx(styles.card, chosen && styles.chosen)}
      style={{ '--mood': colour } as CSSProperties}
      aria-pressed={chosen}
      title={name}
      onClick={onChoose}
      onDoubleClick={onOpen}
    >
      <span className={styles.cardPicture}>
        {url === null ? (
          <Spinner />
        ) : url === 'failed' ? (
          <ImageOff aria-hidden />
        ) : (
          <img src={url} alt="" draggable={false} />
        )}
        {kept && (
          <span
            className={styles.cardMark}
            role="img"
            aria-label={t('emotion.inLibrary')}
            title={t('emotion.inLibrary')}
          >
            <BookmarkCheck aria-hidden />
          </span>
        )}
      </span>
      <span className={styles.cardName}>{name}</span>
    </button>
  );
});
