/** Avatars that come with the studio, and pictures of the person's own that their projects show. */
import { UserRound } from 'lucide-react';
import { RadioGroup } from 'radix-ui';
import { type ReactElement, useEffect, useState } from 'react';
import type { EarlierPortrait } from '../../../../app/contract/portraits.ts';
import { connection, mediaUrl, rpc } from '../../../bridge/index.ts';
import { useFormat, useLocale, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { Tooltip } from '../../../ui/index.ts';
import { adopt } from '../adopt.ts';
import { examine } from '../examination.ts';
import { takeAsset } from '../import/take-picture.ts';
import styles from './portrait.module.css';
import { useSamples } from './samples.ts';

/** Asked anew whenever the portrait has changed. */
function useEarlier(changed: string): readonly EarlierPortrait[] {
  const [earlier, setEarlier] = useState<readonly EarlierPortrait[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was changed is why it is asked.
  useEffect(() => {
    let wanted = true;
    void connection
      .whenOpen()
      .then(() => rpc.portraits.earlier({}))
      .then(
        (list) => wanted && setEarlier(list),
        () => {},
      );
    return () => {
      wanted = false;
    };
  }, [changed]);
  return earlier;
}

export async function chooseSample(id: string): Promise<void> {
  const portrait = { kind: 'sample', id } as const;
  await adopt({ label: 'portrait.stepSample', portrait, seen: await examine(portrait, null), faceIndex: 0 });
}

export function Gallery(): ReactElement {
  const t = useT();
  const locale = useLocale();
  const format = useFormat();
  const samples = useSamples();
  const current = useDocument(({ avatar: { portrait } }) =>
    portrait.kind === 'sample' ? `sample ${portrait.id}` : portrait.asset.sha256,
  );
  const earlier = useEarlier(current);
  const take = (value: string): void => {
    if (value === current) return;
    const own = earlier.find(({ asset }) => asset.sha256 === value);
    if (own !== undefined) void takeAsset(own.asset);
    else chooseSample(value.replace('sample ', '')).catch(showErrorToast);
  };
  return (
    <RadioGroup.Root value={current} onValueChange={take} aria-label={t('portrait.gallery')} className={styles.gallery}>
      {(samples ?? []).map(({ avatar, portrait, background }) => (
        <RadioGroup.Item
          key={avatar.id}
          value={`sample ${avatar.id}`}
          className={styles.sample}
          aria-label={`${avatar.name[locale]}. ${avatar.description[locale]}`}
        >
          <span className={styles.sampleLook} style={{ backgroundImage: `url("${mediaUrl(background)}")` }}>
            <img src={mediaUrl(portrait)} alt="" draggable={false} />
          </span>
          <span className={styles.sampleName}>{avatar.name[locale]}</span>
          <span className={styles.sampleText}>{avatar.description[locale]}</span>
        </RadioGroup.Item>
      ))}
      <p className={styles.galleryTitle}>{t('portrait.earlier')}</p>
      {earlier.length === 0 ? (
        <p className={styles.galleryNone}>
          <UserRound aria-hidden />
          {t('portrait.earlierNone')}
        </p>
      ) : (
        <div className={styles.earlier}>
          {earlier.map(({ asset, thumbnail, projectName, usedAtMs }) => {
            const label = t('portrait.earlierOf', {
              file: asset.fileName,
              project: projectName,
              ago: format.ago(usedAtMs),
            });
            return (
              <Tooltip key={asset.sha256} label={label}>
                <RadioGroup.Item value={asset.sha256} className={styles.thumb} aria-label={label}>
                  <img src={mediaUrl(thumbnail)} alt="" draggable={false} />
                </RadioGroup.Item>
              </Tooltip>
            );
          })}
        </div>
      )}
    </RadioGroup.Root>
  );
}
