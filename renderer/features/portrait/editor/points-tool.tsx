/** The face's points over the picture, the list of their groups, and the mouth that they make. */
import { Eye, EyeOff, RotateCcw } from 'lucide-react';
import { type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ExaminedFace, ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { FaceLandmarks } from '../../../../app/document/landmarks.ts';
import { useT } from '../../../state/language.ts';
import { editDocument, sealEdit, useDocument } from '../../../state/project.ts';
import { Button, EmptyState, IconButton, Slider, Switch } from '../../../ui/index.ts';
import { boxOf, GROUPS, type Group, isGroupMoved, withGroupFrom } from '../model/face-points.ts';
import styles from './editor.module.css';
import { COLOURS, FacePoints } from './face-points-layer.tsx';
import { MouthTest } from './mouth-test.tsx';
import { useViewport } from './viewport.ts';
import { ZoomTools } from './zoom-tools.tsx';

export interface PointEdits {
  /** While a hand is on it: shown, tried, not yet in the document. null takes it back. */
  draft: (face: FaceLandmarks | null) => void;
  /** One step of undo, or the continuation of the one under the same key. */
  commit: (face: FaceLandmarks, mergeKey?: string) => void;
}

interface PointsToolProps {
  seen: ExaminedPortrait;
  face: ExaminedFace | null;
  firstGroup: Group | null;
}

export function PointsTool({ seen, face, firstGroup }: PointsToolProps): ReactElement {
  const t = useT();
  const avatar = useDocument((document) => document.avatar);
  const [draft, setDraft] = useState<FaceLandmarks | null>(null);
  const [group, setGroup] = useState<Group>(firstGroup ?? 'lipsOuter');
  const [hidden, setHidden] = useState<ReadonlySet<Group>>(new Set());
  const [symmetric, setSymmetric] = useState(true);
  const [reach, setReach] = useState(0);
  const [news, setNews] = useState('');
  const viewport = useViewport({ width: seen.widthPx, height: seen.heightPx });
  const list = useRef<HTMLDivElement>(null);
  const found = face?.landmarks ?? null;
  const kept = avatar.landmarks ?? found;
  const shown = draft ?? kept;

  const commit = useCallback(
    (next: FaceLandmarks, mergeKey?: string): void => {
      const isFound = found !== null && GROUPS.every((each) => !isGroupMoved(next, found, each));
      editDocument(
        'portrait.stepPoints',
        (document) => {
          document.avatar.landmarks = isFound ? null : next;
        },
        mergeKey === undefined ? {} : { mergeKey },
      );
      if (mergeKey === undefined) sealEdit();
      setDraft(null);
    },
    [found],
  );
  const edits = useMemo<PointEdits>(() => ({ draft: setDraft, commit }), [commit]);
  const tried = useMemo(() => (draft === null ? avatar : { ...avatar, landmarks: draft }), [avatar, draft]);

  // The first group is looked at closely as soon as there is room to.
  const start = useRef(firstGroup === 'face' ? null : (firstGroup ?? 'lipsOuter'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the room is known.
  useEffect(() => {
    if (viewport.room === null || start.current === null || kept === null) return;
    viewport.show(roundBox(kept, start.current));
    start.current = null;
  }, [viewport.room]);

  if (shown === null || kept === null)
    return <EmptyState icon={EyeOff} title={t('portrait.noPoints')} text={t('portrait.noPointsText')} />;
  const choose = (next: Group, look: boolean): void => {
    setGroup(next);
    if (hidden.has(next)) toggle(next);
    if (look) viewport.show(roundBox(shown, next));
  };
  const toggle = (which: Group): void =>
    setHidden((before) => {
      const next = new Set(before);
      if (!next.delete(which)) next.add(which);
      return next;
    });
  const visible = GROUPS.filter((each) => !hidden.has(each) && (each !== 'face' || group === 'face'));
  const focusList = (): void => list.current?.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  return (
    <div className={styles.tool}>
      <div className={styles.side}>
        <h3 className={styles.sideTitle}>{t('portrait.groups')}</h3>
        <div className={styles.groups} ref={list}>
          {GROUPS.map((each) => (
            <div key={each} className={styles.group} data-active={each === group || undefined}>
              <button
                type="button"
                className={styles.groupName}
                aria-pressed={each === group}
                onClick={() => choose(each, true)}
              >
                <i style={{ background: COLOURS[each] }} />
                <span>{t(`portrait.group-${each}`)}</span>
              </button>
              {found !== null && isGroupMoved(kept, found, each) && (
                <IconButton
                  small
                  icon={RotateCcw}
                  label={t('portrait.resetGroup', { group: t(`portrait.group-${each}`) })}
                  onClick={() => commit(withGroupFrom(kept, found, each))}
                />
              )}
              {each !== 'face' && (
                <IconButton
                  small
                  icon={hidden.has(each) ? EyeOff : Eye}
                  label={t('portrait.showGroup', { group: t(`portrait.group-${each}`) })}
                  pressed={!hidden.has(each)}
                  onClick={() => toggle(each)}
                />
              )}
            </div>
          ))}
        </div>
        <div className={styles.rule} />
        <div className={styles.options}>
          <Switch label={t('portrait.symmetric')} checked={symmetric} onChange={setSymmetric} />
          <Slider
            label={t('portrait.reach')}
            {...{ value: reach, min: 0, max: 6, step: 1, reset: 0 }}
            onChange={setReach}
          />
          {found !== null && (
            <Button icon={RotateCcw} disabled={avatar.landmarks === null} onClick={() => commit(found)}>
              {t('portrait.resetAll')}
            </Button>
          )}
        </div>
        <div className={styles.rule} />
        <p className={styles.note}>{t('portrait.pointsHelp')}</p>
      </div>
      <div className={styles.canvas}>
        <FacePoints
          {...{ seen, viewport, visible, group, symmetric, reach, edits }}
          face={shown}
          kept={kept}
          onGroup={(next) => choose(next, false)}
          onTell={setNews}
          onLeave={focusList}
        />
        <p className={styles.readout} role="status">
          {news === '' ? t(`portrait.group-${group}`) : news}
        </p>
        <ZoomTools viewport={viewport} />
      </div>
      <div className={styles.side}>
        <MouthTest avatar={tried} />
      </div>
    </div>
  );
}

/** Never so close that a brow fills the room. */
function roundBox(face: FaceLandmarks, group: Group) {
  const [own, whole] = [boxOf(face, group), boxOf(face, 'face')];
  const side = Math.max(own.width, own.height, whole.width * 0.3);
  return { x: own.x + own.width / 2 - side / 2, y: own.y + own.height / 2 - side / 2, width: side, height: side };
}
