import { ImagePlus, Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';
import type { LiveOverlay } from '../../../../app/document/live-overlays.ts';
import { assetUrl } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit } from '../../../state/project.ts';
import {
  Button,
  ColourField,
  Field,
  IconButton,
  NumberField,
  Segments,
  Select,
  Slider,
  Switch,
  TextArea,
  TextField,
} from '../../../ui/index.ts';
import { choosePicture } from '../../stage/add-pictures.ts';
import styles from '../live.module.css';
import { changeOverlay, placeOverlay, renameOverlay } from '../live-edits.ts';
import { IdField } from './id-field.tsx';

type AnyKey = LiveOverlay extends infer Each ? (Each extends LiveOverlay ? keyof Each : never) : never;
const TRANSITIONS = ['none', 'fade', 'slide-left', 'slide-right', 'slide-up', 'slide-down'] as const;

/** Sets one of its own; a key that this kind has not changes nothing. */
function setOn(id: string, key: AnyKey, value: unknown, mergeKey?: string): void {
  changeOverlay(
    id,
    (overlay) => {
      if (key in overlay) Object.assign(overlay, { [key]: value });
    },
    mergeKey,
  );
}

/** All about one overlay. */
export function OverlayForm({ overlay }: { overlay: LiveOverlay }): ReactElement {
  const t = useT();
  const { id, place, transition } = overlay;
  return (
    <>
      <TextField
        label={t('live.name')}
        value={overlay.name}
        onCommit={(name) => setOn(id, 'name', name.slice(0, 200))}
      />
      <IdField id={id} rename={(wish) => renameOverlay(id, wish)} />
      <Content overlay={overlay} />
      <h4 className={styles.formHead}>{t('live.place')}</h4>
      <div className={styles.three}>
        {(['x', 'y', 'width'] as const).map((key) => (
          <NumberField
            key={key}
            stacked
            label={t(`live.place_${key}`)}
            value={place[key]}
            min={key === 'width' ? 0.03 : -1}
            max={key === 'width' ? 2 : 1.5}
            step={0.005}
            scale={100}
            unit="%"
            onChange={(value) => placeOverlay(id, { [key]: value })}
            onCommit={sealEdit}
          />
        ))}
      </div>
      <h4 className={styles.formHead}>{t('live.appearing')}</h4>
      <Switch
        label={t('live.shownAtStart')}
        checked={overlay.shownAtStart}
        onChange={(next) => setOn(id, 'shownAtStart', next)}
      />
      <Switch
        label={t('live.hidesItself')}
        checked={overlay.hideAfterMs !== null}
        onChange={(next) => setOn(id, 'hideAfterMs', next ? 8000 : null)}
      />
      {overlay.hideAfterMs !== null && (
        <NumberField
          label={t('live.hideAfter')}
          value={overlay.hideAfterMs}
          min={500}
          max={86_400_000}
          step={500}
          scale={0.001}
          unit={t('live.seconds')}
          onChange={(next) => setOn(id, 'hideAfterMs', next, 'hide')}
          onCommit={sealEdit}
        />
      )}
      <Select
        label={t('live.transition')}
        value={transition.kind}
        onChange={(kind) => setOn(id, 'transition', { ...transition, kind })}
        options={TRANSITIONS.map((value) => ({ value, label: t(`live.transition_${value}`) }))}
      />
      <Slider
        label={t('live.opacity')}
        value={overlay.opacity}
        min={0}
        max={1}
        step={0.01}
        scale={100}
        unit="%"
        reset={1}
        onChange={(next) => setOn(id, 'opacity', next, 'opacity')}
        onCommit={sealEdit}
      />
      {'textColour' in overlay && (
        <>
          <ColourField
            label={t('live.textColour')}
            value={overlay.textColour}
            onChange={(next) => setOn(id, 'textColour', next, 'textColour')}
            onCommit={sealEdit}
          />
          <ColourField
            label={t('live.ground')}
            value={overlay.ground}
            onChange={(next) => setOn(id, 'ground', next, 'ground')}
            onCommit={sealEdit}
          />
        </>
      )}
    </>
  );
}

function Content({ overlay }: { overlay: LiveOverlay }): ReactElement | null {
  const t = useT();
  const { id } = overlay;
  const text = (key: AnyKey, label: MessageKey, value: string, needed = false): ReactElement => (
    <TextField
      key={key}
      label={t.any(label)}
      value={value}
      onCommit={(next) => {
        if (!needed || next.trim() !== '') setOn(id, key, next.slice(0, 200));
      }}
    />
  );
  const long = (key: AnyKey, label: MessageKey, value: string): ReactElement => (
    <TextArea
      label={t.any(label)}
      value={value}
      onCommit={(next) => {
        if (next.trim() !== '') setOn(id, key, next);
      }}
    />
  );
  switch (overlay.kind) {
    case 'card':
      return (
        <>
          {text('title', 'live.cardTitle', overlay.title, true)}
          {text('price', 'live.price', overlay.price)}
          {text('priceBefore', 'live.priceBefore', overlay.priceBefore)}
          {text('note', 'live.ownNote', overlay.note)}
          <PictureField overlay={overlay} />
        </>
      );
    case 'price':
      return (
        <>
          {text('price', 'live.price', overlay.price, true)}
          {text('priceBefore', 'live.priceBefore', overlay.priceBefore)}
          {text('note', 'live.ownNote', overlay.note)}
        </>
      );
    case 'picture':
      return <PictureField overlay={overlay} />;
    case 'text':
      return (
        <>
          {long('text', 'live.text', overlay.text)}
          <Letters id={id} size={overlay.size} />
        </>
      );
    case 'ticker':
      return (
        <>
          {long('text', 'live.text', overlay.text)}
          <Letters id={id} size={overlay.size} />
          <Slider
            label={t('live.speed')}
            value={overlay.speed}
            min={0.01}
            max={1}
            step={0.01}
            reset={0.1}
            onChange={(next) => setOn(id, 'speed', next, 'speed')}
            onCommit={sealEdit}
          />
        </>
      );
    case 'countdown':
      return (
        <>
          {text('title', 'live.countdownTitle', overlay.title)}
          <CountdownTo id={id} to={overlay.to} />
          {text('atEnd', 'live.atEnd', overlay.atEnd)}
        </>
      );
    case 'clock':
      return (
        <>
          <Switch
            label={t('live.withSeconds')}
            checked={overlay.seconds}
            onChange={(next) => setOn(id, 'seconds', next)}
          />
          <Switch label={t('live.withDate')} checked={overlay.date} onChange={(next) => setOn(id, 'date', next)} />
        </>
      );
    case 'qr':
      return (
        <>
          {long('content', 'live.qrContent', overlay.content)}
          {text('caption', 'live.caption', overlay.caption)}
        </>
      );
  }
}

function Letters({ id, size }: { id: string; size: number }): ReactElement {
  const t = useT();
  return (
    <Slider
      label={t('live.letters')}
      value={size}
      min={0.01}
      max={0.2}
      step={0.002}
      scale={100}
      unit="%"
      onChange={(next) => setOn(id, 'size', next, 'size')}
      onCommit={sealEdit}
    />
  );
}

function PictureField({ overlay }: { overlay: Extract<LiveOverlay, { kind: 'card' | 'picture' }> }): ReactElement {
  const t = useT();
  const { id, picture } = overlay;
  const choose = async (): Promise<void> => {
    const asset = await choosePicture();
    if (asset !== null) setOn(id, 'picture', asset);
  };
  return (
    <Field label={t('live.overlay_picture')}>
      {(ids) => (
        <span className={styles.fileRow}>
          {picture === null ? <span>{t('ui.none')}</span> : <img src={assetUrl(picture)} alt="" />}
          <Button {...ids} icon={ImagePlus} onClick={() => void choose()}>
            {t('ui.choose')}
          </Button>
          {overlay.kind === 'card' && picture !== null && (
            <IconButton
              small
              icon={Trash2}
              label={t('live.removePicture')}
              onClick={() => setOn(id, 'picture', null)}
            />
          )}
        </span>
      )}
    </Field>
  );
}

type To = Extract<LiveOverlay, { kind: 'countdown' }>['to'];

function CountdownTo({ id, to }: { id: string; to: To }): ReactElement {
  const t = useT();
  const set = (next: To, mergeKey?: string): void => setOn(id, 'to', next, mergeKey);
  return (
    <>
      <Segments
        label={t('live.countsTo')}
        value={to.kind}
        onChange={(kind) =>
          set(
            kind === 'duration'
              ? { kind, ms: 300_000 }
              : { kind, at: new Date(Math.ceil(Date.now() / 3_600_000) * 3_600_000).toISOString() },
          )
        }
        options={[
          { value: 'duration', label: t('live.countsTo_duration') },
          { value: 'moment', label: t('live.countsTo_moment') },
        ]}
      />
      {to.kind === 'duration' ? (
        <NumberField
          label={t('live.duration')}
          value={to.ms}
          min={1000}
          max={86_400_000}
          step={1000}
          scale={0.001}
          unit={t('live.seconds')}
          onChange={(ms) => set({ kind: 'duration', ms }, 'to')}
          onCommit={sealEdit}
        />
      ) : (
        <TextField
          label={t('live.moment')}
          type="datetime-local"
          value={localInput(to.at)}
          onCommit={(text) => {
            const at = new Date(text);
            if (!Number.isNaN(at.getTime())) set({ kind: 'moment', at: at.toISOString() });
          }}
        />
      )}
    </>
  );
}

/** As a field of date and time writes it: this machine's own time, to the minute. */
function localInput(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
