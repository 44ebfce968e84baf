import { ImagePlus, MonitorPlay, Plus, Presentation, Trash2 } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useStore } from 'zustand';
import type { Framing } from '../../../../app/document/avatar.ts';
import type { Scene } from '../../../../app/document/live.ts';
import type { Background } from '../../../../app/document/stage.ts';
import { assetUrl } from '../../../bridge/index.ts';
import { useT } from '../../../state/language.ts';
import { openDocument, sealEdit, useDocument } from '../../../state/project.ts';
import {
  Badge,
  Button,
  Checkbox,
  ColourField,
  cx,
  EmptyState,
  Field,
  IconButton,
  Select,
  Slider,
  Switch,
  TextField,
} from '../../../ui/index.ts';
import { choosePicture } from '../../stage/add-pictures.ts';
import { framingInUse } from '../../stage/framing-in-use.ts';
import styles from '../live.module.css';
import { addScene, changeScene, removeScene, renameScene } from '../live-edits.ts';
import { chooseScene, deskStore, useCommand, useIsOnAir, useShow } from '../live-store.ts';
import { IdField } from './id-field.tsx';
import { overlayName } from './overlay-words.ts';

/** Looks of the stage that a segment, a marker or the desk switches to. */
export function ScenesTab(): ReactElement {
  const t = useT();
  const scenes = useDocument(({ live }) => live.scenes);
  const id = useStore(deskStore, (state) => state.sceneId);
  const chosen = scenes.find((each) => each.id === id) ?? null;
  if (scenes.length === 0)
    return (
      <EmptyState icon={Presentation} title={t('live.noScenes')} text={t('live.noScenesText')}>
        <Button tone="primary" icon={Plus} onClick={addScene}>
          {t('live.addScene')}
        </Button>
      </EmptyState>
    );
  return (
    <div className={styles.form}>
      <div className={styles.listHead}>
        <h3>{t('live.sceneList')}</h3>
        <IconButton small icon={Plus} label={t('live.addScene')} onClick={addScene} />
      </div>
      <ul className={styles.list}>
        {scenes.map((scene) => (
          <Row key={scene.id} scene={scene} selected={scene.id === id} />
        ))}
      </ul>
      {chosen === null ? (
        <p className={styles.note}>{t('live.chooseScene')}</p>
      ) : (
        <SceneForm key={chosen.id} scene={chosen} />
      )}
    </div>
  );
}

const OFFSETS = [
  { key: 'offsetX', label: 'live.left' },
  { key: 'offsetY', label: 'live.top' },
] as const;

function Row({ scene, selected }: { scene: Scene; selected: boolean }): ReactElement {
  const t = useT();
  const { id } = scene;
  const onAir = useIsOnAir();
  const current = useShow((status) => status?.session?.scene === id);
  const command = useCommand();
  const name = scene.name || id;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return;
    event.preventDefault();
    removeScene(id);
  };
  return (
    <li className={cx(styles.row, selected && styles.chosen)}>
      <button
        type="button"
        className={styles.rowFace}
        aria-pressed={selected}
        onClick={() => chooseScene(id)}
        onKeyDown={onKeyDown}
      >
        <Presentation aria-hidden />
        <span className={styles.rowName}>{name}</span>
        {current && <Badge tone="error">{t('live.now')}</Badge>}
      </button>
      {onAir && (
        <IconButton
          small
          icon={MonitorPlay}
          label={t('live.switchTo', { name })}
          disabled={current}
          onClick={() => command({ type: 'scene', id })}
        />
      )}
      <IconButton small icon={Trash2} label={t('live.removeNamed', { name })} onClick={() => removeScene(id)} />
    </li>
  );
}

const AS_PROJECT = 'project';
const KINDS = ['keep', 'blur', 'colour', 'picture'] as const;

function SceneForm({ scene }: { scene: Scene }): ReactElement {
  const t = useT();
  const { id, background, framing } = scene;
  const overlays = useDocument(({ live }) => live.overlays);
  const setBackground = (next: Background | null, mergeKey?: string): void =>
    changeScene(
      id,
      (own) => {
        own.background = next;
      },
      mergeKey,
    );
  const chooseBehind = async (): Promise<void> => {
    const asset = await choosePicture();
    if (asset !== null) setBackground({ kind: 'picture', asset });
  };
  const choose = (kind: string): void => {
    if (kind === AS_PROJECT) setBackground(null);
    else if (kind === 'picture') void chooseBehind();
    else if (kind === 'blur') setBackground({ kind, radius: 24 });
    else if (kind === 'colour') setBackground({ kind, colour: '#1e2a3a' });
    else setBackground({ kind: 'keep' });
  };
  const frame = (change: Partial<Framing>): void =>
    changeScene(
      id,
      (own) => {
        if (own.framing !== null) Object.assign(own.framing, change);
      },
      'framing',
    );
  return (
    <>
      <TextField
        label={t('live.name')}
        value={scene.name}
        onCommit={(name) =>
          changeScene(id, (own) => {
            own.name = name.slice(0, 200);
          })
        }
      />
      <IdField id={id} rename={(wish) => renameScene(id, wish)} />
      <Select
        label={t('stage.background')}
        value={background?.kind ?? AS_PROJECT}
        onChange={choose}
        options={[
          { value: AS_PROJECT, label: t('live.asProject') },
          ...KINDS.map((kind) => ({ value: kind, label: t(`stage.background-${kind}`) })),
        ]}
      />
      {background?.kind === 'colour' && (
        <ColourField
          label={t('stage.colour')}
          value={background.colour}
          onChange={(colour) => setBackground({ kind: 'colour', colour }, 'colour')}
          onCommit={sealEdit}
        />
      )}
      {background?.kind === 'blur' && (
        <Slider
          label={t('stage.blurRadius')}
          value={background.radius}
          min={1}
          max={100}
          step={1}
          onChange={(radius) => setBackground({ kind: 'blur', radius }, 'blur')}
          onCommit={sealEdit}
        />
      )}
      {background?.kind === 'picture' && (
        <Field label={t('stage.picture')}>
          {(ids) => (
            <span className={styles.fileRow}>
              <img src={assetUrl(background.asset)} alt="" />
              <Button {...ids} icon={ImagePlus} onClick={() => void chooseBehind()}>
                {t('stage.otherPicture')}
              </Button>
            </span>
          )}
        </Field>
      )}
      <Switch
        label={t('live.ownFraming')}
        checked={framing !== null}
        onChange={(on) => {
          const document = openDocument();
          changeScene(id, (own) => {
            own.framing = on && document !== null ? { ...framingInUse(document) } : null;
          });
        }}
      />
      {framing !== null && (
        <>
          <Slider
            label={t('live.zoom')}
            value={framing.zoom}
            min={0.2}
            max={5}
            step={0.01}
            scale={100}
            unit="%"
            reset={1}
            onChange={(zoom) => frame({ zoom })}
            onCommit={sealEdit}
          />
          {OFFSETS.map(({ key, label }) => (
            <Slider
              key={key}
              label={t(label)}
              value={framing[key]}
              min={-1}
              max={1}
              step={0.005}
              scale={100}
              unit="%"
              reset={0}
              onChange={(value) => frame({ [key]: value })}
              onCommit={sealEdit}
            />
          ))}
        </>
      )}
      <h4 className={styles.formHead}>{t('live.sceneOverlays')}</h4>
      {overlays.length === 0 && <p className={styles.note}>{t('live.noOverlaysYet')}</p>}
      {overlays.map((overlay) => (
        <Checkbox
          key={overlay.id}
          label={overlayName(overlay)}
          checked={scene.overlays.includes(overlay.id)}
          onChange={(on) =>
            changeScene(id, (own) => {
              own.overlays = on ? [...own.overlays, overlay.id] : own.overlays.filter((each) => each !== overlay.id);
            })
          }
        />
      ))}
    </>
  );
}
