import { ArrowDown, ArrowUp, Image, ImagePlus, Layers, Trash2, User } from 'lucide-react';
import { type KeyboardEvent, type ReactElement, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { SamplePortrait } from '../../../app/contract/portraits.ts';
import type { Background, Overlay } from '../../../app/document/stage.ts';
import { assetUrl, mediaUrl, rpc } from '../../bridge/index.ts';
import { useLocale, useT } from '../../state/language.ts';
import { sealEdit, useDocument } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showTab, uiStore } from '../../state/ui-store.ts';
import { Button, cx, DropZone, IconButton, Section, Slider } from '../../ui/index.ts';
import { addPictures, chooseOverlay } from './add-pictures.ts';
import styles from './stage.module.css';
import { changeOverlay, moveOverlay, removeOverlay, setBackground } from './stage-edits.ts';
import { selectAvatar, selectNothing, selectOverlay, stageStore } from './stage-store.ts';

/** What stands on the stage, from front to back, and what could stand behind. */
export default function AssetsPanel(): ReactElement {
  const t = useT();
  const overlays = useDocument(({ stage }) => stage.overlays);
  const [adding, setAdding] = useState(false);
  const add = async (): Promise<void> => {
    setAdding(true);
    await chooseOverlay();
    setAdding(false);
  };
  const side = (layer: Overlay['layer']): Overlay[] => overlays.filter((overlay) => overlay.layer === layer).reverse();
  const rows = [...side('front'), ...side('behind')];
  const row = (overlay: Overlay): ReactElement => (
    <PictureRow
      key={overlay.id}
      overlay={overlay}
      top={overlay === rows[0] && overlay.layer === 'front'}
      bottom={overlay === rows.at(-1) && overlay.layer === 'behind'}
    />
  );
  return (
    <DropZone label={t('stage.dropHere')} takesPaste onFiles={(files) => void addPictures(files)}>
      <Section
        id="assets.layers"
        title={t('stage.layers')}
        tools={
          <IconButton
            small
            icon={ImagePlus}
            label={t('stage.addPicture')}
            disabled={adding}
            onClick={() => void add()}
          />
        }
      >
        <ul className={styles.layers}>
          {side('front').map(row)}
          <AvatarRow />
          {side('behind').map(row)}
          <BackgroundRow />
        </ul>
        {overlays.length === 0 && (
          <div className={styles.invite}>
            <Layers aria-hidden />
            <p>{t('stage.noPictures')}</p>
            <Button icon={ImagePlus} busy={adding} onClick={() => void add()}>
              {t('stage.addPicture')}
            </Button>
          </div>
        )}
      </Section>
      <Rooms />
    </DropZone>
  );
}

function PictureRow({ overlay, top, bottom }: { overlay: Overlay; top: boolean; bottom: boolean }): ReactElement {
  const t = useT();
  const { id, asset, opacity } = overlay;
  const selected = useStore(uiStore, ({ selection }) => selection.kind === 'overlay' && selection.id === id);
  const name = asset.fileName || t('stage.picture');
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') removeOverlay(id);
    else if (event.altKey && event.key === 'ArrowUp') moveOverlay(id, 1);
    else if (event.altKey && event.key === 'ArrowDown') moveOverlay(id, -1);
    else return;
    event.preventDefault();
  };
  return (
    <li className={cx(styles.layerItem, selected && styles.current)}>
      <div className={styles.layerRow}>
        <button
          type="button"
          className={styles.layerName}
          aria-pressed={selected}
          onClick={() => (selected ? selectNothing() : selectOverlay(id))}
          onKeyDown={onKeyDown}
        >
          <img className={styles.thumb} src={assetUrl(asset)} alt="" loading="lazy" />
          <span title={name}>{name}</span>
        </button>
        <IconButton
          small
          icon={ArrowUp}
          label={t('stage.moveUp')}
          shortcut="Alt+ArrowUp"
          disabled={top}
          onClick={() => moveOverlay(id, 1)}
        />
        <IconButton
          small
          icon={ArrowDown}
          label={t('stage.moveDown')}
          shortcut="Alt+ArrowDown"
          disabled={bottom}
          onClick={() => moveOverlay(id, -1)}
        />
        <IconButton small icon={Trash2} label={t('stage.remove', { name })} onClick={() => removeOverlay(id)} />
      </div>
      {selected && (
        <div className={styles.layerMore}>
          <Slider
            label={t('stage.opacity')}
            value={opacity}
            min={0}
            max={1}
            step={0.01}
            scale={100}
            unit="%"
            reset={1}
            onChange={(value) => changeOverlay(id, { opacity: value })}
            onCommit={sealEdit}
          />
          <Slider
            label={t('stage.pictureWidth')}
            value={overlay.width}
            min={0.02}
            max={2}
            step={0.005}
            scale={100}
            unit="%"
            onChange={(value) => changeOverlay(id, { width: value })}
            onCommit={sealEdit}
          />
        </div>
      )}
    </li>
  );
}

function AvatarRow(): ReactElement {
  const t = useT();
  const selected = useStore(stageStore, ({ avatar }) => avatar);
  return (
    <li className={cx(styles.layerItem, selected && styles.current)}>
      <button
        type="button"
        className={styles.layerName}
        aria-pressed={selected}
        onClick={() => (selected ? selectNothing() : selectAvatar())}
      >
        <span className={styles.thumb}>
          <User aria-hidden />
        </span>
        <span>{t('stage.avatar')}</span>
      </button>
    </li>
  );
}

function BackgroundRow(): ReactElement {
  const t = useT();
  const background = useDocument(({ stage }) => stage.background);
  return (
    <li className={styles.layerItem}>
      <button type="button" className={styles.layerName} onClick={() => showTab('inspector', 'stage')}>
        <BackgroundThumb background={background} />
        <span>
          {t('stage.background')} · {t(`stage.background-${background.kind}`)}
        </span>
      </button>
    </li>
  );
}

function BackgroundThumb({ background }: { background: Background }): ReactElement {
  if (background.kind === 'picture')
    return <img className={styles.thumb} src={assetUrl(background.asset)} alt="" loading="lazy" />;
  const style = background.kind === 'colour' ? { background: background.colour } : {};
  return (
    <span className={styles.thumb} data-kind={background.kind} style={style}>
      {background.kind === 'keep' && <Image aria-hidden />}
    </span>
  );
}

/** Rooms that come with the studio. */
function Rooms(): ReactElement | null {
  const t = useT();
  const locale = useLocale();
  const [samples, setSamples] = useState<readonly SamplePortrait[]>([]);
  const [taking, setTaking] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    rpc.portraits.samples({}).then(
      (found) => wanted && setSamples(found),
      (error: unknown) => wanted && showErrorToast(error),
    );
    return () => {
      wanted = false;
    };
  }, []);
  const take = async (sampleId: string): Promise<void> => {
    setTaking(sampleId);
    try {
      setBackground({ kind: 'picture', asset: await rpc.portraits.sampleBackground({ sampleId }) });
    } catch (error) {
      showErrorToast(error);
    }
    setTaking(null);
  };
  if (samples.length === 0) return null;
  return (
    <Section id="assets.rooms" title={t('stage.rooms')}>
      <div className={styles.rooms}>
        {samples.map(({ avatar, background }) => (
          <button
            key={avatar.id}
            type="button"
            className={styles.room}
            aria-busy={taking === avatar.id}
            aria-label={t('stage.useRoom', { name: avatar.name[locale] })}
            title={avatar.name[locale]}
            disabled={taking !== null}
            onClick={() => void take(avatar.id)}
          >
            <img src={mediaUrl(background)} alt="" loading="lazy" />
          </button>
        ))}
      </div>
    </Section>
  );
}
