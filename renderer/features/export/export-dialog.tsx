import { FolderOpen, Upload, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useStore } from 'zustand';
import { documentFor, exportPresets } from '../../../app/document/export-presets.ts';
import type { Project } from '../../../app/document/project.ts';
import { type Background, FRAME_RATES } from '../../../app/document/stage.ts';
import type { RendererId } from '../../../app/providers/renderers.ts';
import { desktop, rpc } from '../../bridge/index.ts';
import { useFormat, useLocale, useT } from '../../state/language.ts';
import { openDocument, projectStore } from '../../state/project.ts';
import { studioStore } from '../../state/studio-store.ts';
import { closeDialog, uiStore } from '../../state/ui-store.ts';
import { Button, Dialog, ErrorBox, Field, IconButton, Select, Switch, TextField } from '../../ui/index.ts';
import { CHOICES, type ChoiceId, choose, formatOf, isChosen, targetOf, type Wishes } from './choices.ts';
import { outlineOf } from './estimate.ts';
import styles from './export.module.css';
import { Notices } from './notices.tsx';
import { PresetCard } from './preset-card.tsx';
import { queueStore } from './queue-store.ts';
import { filmsOf, RendererChoice, useRenderers } from './renderer-choice.tsx';
import { hasSomethingToSay, useTalkFacts } from './talk-length.ts';

const SUBTITLES = ['burn', 'srt', 'vtt', 'none'] as const;
const OPAQUE = {
  keep: { kind: 'keep' },
  white: { kind: 'colour', colour: '#ffffff' },
  black: { kind: 'colour', colour: '#000000' },
  green: { kind: 'colour', colour: '#00b140' },
} as const satisfies Record<string, Background>;
type Opaque = keyof typeof OPAQUE;

/** The project as it is when the dialog opens is what is described; what is exported is the project at the start. */
export default function ExportDialog(): ReactElement | null {
  const [project] = useState(openDocument);
  return project === null ? null : <Choices project={project} />;
}

function Choices({ project }: { project: Project }): ReactElement {
  const t = useT();
  const locale = useLocale();
  const format = useFormat();
  const facts = useTalkFacts(project);
  const ui = useStore(uiStore);
  const info = useStore(studioStore, (state) => state.info);
  const usualFolder = useStore(studioStore, ({ settings }) => settings?.exportFolder ?? null);
  const [ownFolder, setOwnFolder] = useState<{ path: string | null } | null>(null);
  const [name, setName] = useState(project.name);
  const [subtitles, setSubtitles] = useState<(typeof SUBTITLES)[number] | 'project'>('project');
  const [fps, setFps] = useState<Wishes['fps']>(null);
  const [opaque, setOpaque] = useState<Opaque>('keep');
  const [softwareEncoder, setSoftwareEncoder] = useState(false);
  const [renderer, setRenderer] = useState<RendererId>('embedded');
  const offers = useRenderers();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const mayChooseFolder = desktop !== null && info?.capabilities.chooseFolder === true;
  const folder = mayChooseFolder ? (ownFolder === null ? usualFolder : ownFolder.path) : null;
  const transparent = project.stage.background.kind === 'transparent';
  const wishes: Wishes = {
    subtitles: subtitles === 'project' ? null : subtitles,
    fps,
    opaque: OPAQUE[opaque],
    softwareEncoder,
    renderer,
  };
  const chosen = CHOICES.filter((id) => isChosen(ui, id));
  const described = (id: ChoiceId) => {
    const target = targetOf(id, wishes, transparent);
    const document = documentFor(project, target);
    return { target, document, outline: outlineOf(document, target.format, facts.durationMs ?? 0) };
  };
  const titleOf = (id: ChoiceId): string => (id === 'project' ? t('export.asProject') : exportPresets[id].name[locale]);
  const textOf = (id: ChoiceId): string =>
    id === 'project' ? t('export.asProjectText') : exportPresets[id].description[locale];
  const blocked = !hasSomethingToSay(project) || facts.faultyLines.length > 0;
  const totalBytes = chosen.reduce((sum, id) => sum + described(id).outline.bytes, 0);

  const start = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await projectStore().flush();
      await rpc.exports.enqueue({
        projectId: project.id,
        targets: chosen.map((id) => described(id).target),
        name: name.trim() === '' || name.trim() === project.name ? null : name.trim(),
        copyTo: folder,
      });
      closeDialog();
      queueStore.setState({ open: true });
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t('export.title')}
      size="huge"
      onClose={closeDialog}
      footer={
        <>
          <p className={styles.total} role="status">
            {chosen.length === 0
              ? t('export.chooseOne')
              : facts.durationMs === null
                ? t('export.files', { count: chosen.length })
                : t('export.total', {
                    count: chosen.length,
                    length: format.clock(facts.durationMs),
                    size: format.bytes(totalBytes),
                  })}
          </p>
          <Button onClick={closeDialog}>{t('ui.cancel')}</Button>
          <Button
            tone="primary"
            icon={Upload}
            busy={busy}
            disabled={chosen.length === 0 || blocked}
            onClick={() => void start()}
          >
            {t('export.start', { count: Math.max(1, chosen.length) })}
          </Button>
        </>
      }
    >
      <div className={styles.dialog}>
        <fieldset className={styles.presets}>
          <legend>{t('export.presets')}</legend>
          {CHOICES.map((id) => {
            const { document, outline } = described(id);
            return (
              <PresetCard
                key={id}
                title={titleOf(id)}
                text={textOf(id)}
                format={formatOf(id)}
                size={outline.size}
                transparent={document.stage.background.kind === 'transparent'}
                checked={chosen.includes(id)}
                onChange={(on) => choose(id, on)}
              />
            );
          })}
        </fieldset>
        <div className={styles.details}>
          {error !== null && <ErrorBox error={error} />}
          <TextField label={t('export.name')} value={name} maxLength={200} onCommit={setName} onType={setName} />
          {mayChooseFolder ? (
            <Field label={t('export.folder')}>
              {(ids) => (
                <div className={styles.folder}>
                  <button
                    type="button"
                    {...ids}
                    className={styles.path}
                    onClick={() => void desktop?.chooseFolder().then((path) => path !== null && setOwnFolder({ path }))}
                  >
                    <FolderOpen aria-hidden />
                    <span>{folder ?? t('export.onlyLibrary')}</span>
                  </button>
                  {folder !== null && (
                    <IconButton icon={X} label={t('export.onlyLibrary')} onClick={() => setOwnFolder({ path: null })} />
                  )}
                </div>
              )}
            </Field>
          ) : (
            <p className={styles.hint}>{t('export.toLibrary')}</p>
          )}
          <Select
            label={t('export.subtitles')}
            value={subtitles}
            onChange={setSubtitles}
            options={[
              {
                value: 'project',
                label: t('export.asSet', { what: t.any(`export.subtitles_${project.stage.subtitles.mode}`) }),
              },
              ...SUBTITLES.map((value) => ({ value, label: t.any(`export.subtitles_${value}`) })),
            ]}
          />
          <Select
            label={t('export.fps')}
            value={fps == null ? 'project' : String(fps)}
            onChange={(next) => setFps(FRAME_RATES.find((rate) => String(rate) === next) ?? null)}
            options={[
              {
                value: 'project',
                label: t('export.asSet', { what: t('export.fpsOf', { fps: project.stage.fps }) }),
              },
              ...FRAME_RATES.map((rate) => ({ value: String(rate), label: t('export.fpsOf', { fps: rate }) })),
            ]}
          />
          {transparent && chosen.some((id) => formatOf(id) === 'mp4') && (
            <Select
              label={t('export.opaque')}
              hint={t('export.opaqueHint')}
              value={opaque}
              onChange={setOpaque}
              options={(Object.keys(OPAQUE) as Opaque[]).map((value) => ({
                value,
                label: t.any(`export.opaque_${value}`),
              }))}
            />
          )}
          <RendererChoice
            offers={offers}
            value={renderer}
            onChange={setRenderer}
            films={filmsOf(chosen.map((id) => described(id).target))}
            durationMs={facts.durationMs}
          />
          <Switch label={t('export.softwareEncoder')} checked={softwareEncoder} onChange={setSoftwareEncoder} />
          <ul className={styles.summary} aria-label={t('export.summary')}>
            {chosen.map((id) => {
              const { outline, target } = described(id);
              return (
                <li key={id}>
                  <span>{titleOf(id)}</span>
                  <span>
                    {target.format === 'wav'
                      ? t('export.soundFacts')
                      : t('export.facts', {
                          width: String(outline.size.widthPx),
                          height: String(outline.size.heightPx),
                          fps: outline.fps,
                        })}
                  </span>
                  <span>{facts.durationMs === null ? '' : `≈ ${format.bytes(outline.bytes)}`}</span>
                </li>
              );
            })}
          </ul>
          <Notices project={project} facts={facts} />
        </div>
      </div>
    </Dialog>
  );
}
