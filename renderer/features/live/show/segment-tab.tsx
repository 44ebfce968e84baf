import { FileUp, ListVideo, Trash2, Volume2 } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useStore } from 'zustand';
import type { AssetRef } from '../../../../app/document/asset.ts';
import type { Segment } from '../../../../app/document/live.ts';
import { useT } from '../../../state/language.ts';
import { sealEdit, useDocument } from '../../../state/project.ts';
import {
  Button,
  EmptyState,
  Field,
  IconButton,
  NumberField,
  Segments,
  Select,
  Switch,
  TextArea,
  TextField,
} from '../../../ui/index.ts';
import styles from '../live.module.css';
import { changeSegment, findSegment } from '../live-edits.ts';
import { deskStore } from '../live-store.ts';
import { LinesEditor } from './lines-editor.tsx';
import { fileFor, insertFile } from './new-segment.ts';
import { WEEKDAYS } from './segment-words.ts';

const KEEP = '-';

/** All about the chosen segment. */
export function SegmentTab(): ReactElement {
  const t = useT();
  const id = useStore(deskStore, (state) => state.segmentId);
  const segment = useDocument(({ live }) => (id === null ? null : (findSegment(live, id)?.segment ?? null)));
  if (segment === null)
    return <EmptyState icon={ListVideo} title={t('live.noSegment')} text={t('live.noSegmentText')} />;
  return (
    <div className={styles.form} key={segment.id}>
      <TextField
        label={t('live.name')}
        value={segment.name}
        onCommit={(name) =>
          changeSegment(segment.id, (own) => {
            own.name = name.slice(0, 200);
          })
        }
      />
      {segment.kind === 'script' && <ScriptPart segment={segment} />}
      {segment.kind === 'idle' && <Duration segment={segment} />}
      {segment.kind === 'recording' && <RecordingPart segment={segment} />}
      {segment.kind === 'insert' && <InsertPart segment={segment} />}
      <WhenPart segment={segment} />
    </div>
  );
}

type Of<Kind extends Segment['kind']> = Extract<Segment, { kind: Kind }>;
function change<Kind extends Segment['kind']>(
  kind: Kind,
  id: string,
  recipe: (own: Of<Kind>) => void,
  mergeKey?: string,
): void {
  changeSegment(
    id,
    (own) => {
      if (own.kind === kind) recipe(own as unknown as Of<Kind>);
    },
    mergeKey,
  );
}

function ScriptPart({ segment }: { segment: Of<'script'> }): ReactElement {
  const t = useT();
  const { id, lines, order } = segment;
  return (
    <>
      <Segments
        label={t('live.says')}
        value={lines === null ? 'project' : 'own'}
        onChange={(from) =>
          change('script', id, (own) => {
            own.lines =
              from === 'project'
                ? null
                : [
                    {
                      id: crypto.randomUUID(),
                      text: '',
                      emotion: 'neutral',
                      intensity: 1,
                      voiceId: null,
                      pauseAfterMs: 300,
                    },
                  ];
          })
        }
        options={[
          { value: 'own', label: t('live.ownLines') },
          { value: 'project', label: t('live.projectScript') },
        ]}
      />
      <Segments
        label={t('live.order')}
        value={order}
        onChange={(next) =>
          change('script', id, (own) => {
            own.order = next;
          })
        }
        options={[
          { value: 'written', label: t('live.order_written') },
          { value: 'shuffled', label: t('live.order_shuffled') },
        ]}
      />
      {lines !== null && <LinesEditor segmentId={id} lines={lines} />}
    </>
  );
}

function Duration({ segment }: { segment: Of<'idle'> }): ReactElement {
  const t = useT();
  return (
    <NumberField
      label={t('live.duration')}
      hint={t('live.idleHint')}
      value={segment.durationMs}
      min={100}
      max={86_400_000}
      step={1000}
      scale={0.001}
      unit={t('live.seconds')}
      onChange={(durationMs) =>
        change(
          'idle',
          segment.id,
          (own) => {
            own.durationMs = durationMs;
          },
          'duration',
        )
      }
      onCommit={sealEdit}
    />
  );
}

function FileRow(props: { label: string; asset: AssetRef; onReplace: () => void; children?: ReactNode }): ReactElement {
  const t = useT();
  return (
    <Field label={props.label}>
      {(ids) => (
        <span className={styles.fileRow}>
          <span title={props.asset.fileName}>{props.asset.fileName || t('live.file')}</span>
          <Button {...ids} icon={FileUp} onClick={props.onReplace}>
            {t('live.replaceFile')}
          </Button>
          {props.children}
        </span>
      )}
    </Field>
  );
}

function RecordingPart({ segment }: { segment: Of<'recording'> }): ReactElement {
  const t = useT();
  const replace = async (): Promise<void> => {
    const asset = await fileFor('sound');
    if (asset !== null)
      change('recording', segment.id, (own) => {
        own.asset = asset;
      });
  };
  return (
    <>
      <FileRow label={t('live.kind_recording')} asset={segment.asset} onReplace={() => void replace()} />
      <TextArea
        label={t('live.recordingText')}
        hint={t('live.recordingTextHint')}
        value={segment.text}
        onCommit={(text) =>
          change('recording', segment.id, (own) => {
            own.text = text;
          })
        }
      />
    </>
  );
}

function InsertPart({ segment }: { segment: Of<'insert'> }): ReactElement {
  const t = useT();
  const { id, durationMs, window, sound } = segment;
  const isFilm = segment.asset.mediaType.startsWith('video/');
  const replace = async (): Promise<void> => {
    const asset = await insertFile();
    if (asset !== null)
      change('insert', id, (own) => {
        own.asset = asset;
      });
  };
  const number = (key: 'x' | 'y' | 'width', label: string, least: number): ReactElement => (
    <NumberField
      label={label}
      value={window?.[key] ?? 0}
      min={least}
      max={1}
      step={0.01}
      scale={100}
      unit="%"
      onChange={(value) =>
        change(
          'insert',
          id,
          (own) => {
            if (own.window !== null) own.window[key] = value;
          },
          `window ${key}`,
        )
      }
      onCommit={sealEdit}
    />
  );
  return (
    <>
      <FileRow label={t('live.kind_insert')} asset={segment.asset} onReplace={() => void replace()} />
      <Switch
        label={isFilm ? t('live.ownLength') : t('live.untilSkipped')}
        checked={durationMs === null}
        onChange={(own) =>
          change('insert', id, (each) => {
            each.durationMs = own ? null : 10_000;
          })
        }
      />
      {durationMs !== null && (
        <NumberField
          label={t('live.duration')}
          value={durationMs}
          min={100}
          max={86_400_000}
          step={1000}
          scale={0.001}
          unit={t('live.seconds')}
          onChange={(next) =>
            change(
              'insert',
              id,
              (own) => {
                own.durationMs = next;
              },
              'duration',
            )
          }
          onCommit={sealEdit}
        />
      )}
      <Segments
        label={t('live.fills')}
        value={window === null ? 'stage' : 'window'}
        onChange={(next) =>
          change('insert', id, (own) => {
            own.window = next === 'stage' ? null : { x: 0.55, y: 0.1, width: 0.4 };
          })
        }
        options={[
          { value: 'stage', label: t('live.fills_stage') },
          { value: 'window', label: t('live.fills_window') },
        ]}
      />
      {window !== null && (
        <>
          {number('x', t('live.left'), 0)}
          {number('y', t('live.top'), 0)}
          {number('width', t('live.width'), 0.05)}
        </>
      )}
      {isFilm && (
        <Switch
          label={t('live.withSound')}
          checked={sound}
          onChange={(next) =>
            change('insert', id, (own) => {
              own.sound = next;
            })
          }
        />
      )}
    </>
  );
}

/** How often, when, in which scene. */
function WhenPart({ segment }: { segment: Segment }): ReactElement {
  const t = useT();
  const scenes = useDocument(({ live }) => live.scenes);
  const { id, times, limit, airTime, scene, jingle } = segment;
  const set = (recipe: (own: Segment) => void, mergeKey?: string): void =>
    changeSegment(id, (own) => recipe(own as unknown as Segment), mergeKey);
  const chooseJingle = async (): Promise<void> => {
    const asset = await fileFor('sound');
    if (asset !== null)
      set((own) => {
        own.jingle = asset;
      });
  };
  return (
    <>
      <h4 className={styles.formHead}>{t('live.when')}</h4>
      <NumberField
        label={t('live.times')}
        value={times}
        min={1}
        max={1000}
        step={1}
        reset={1}
        onChange={(next) =>
          set((own) => {
            own.times = next;
          }, 'times')
        }
        onCommit={sealEdit}
      />
      <Select
        label={t('live.limit')}
        value={limit?.per ?? 'none'}
        onChange={(per) =>
          set((own) => {
            own.limit = per === 'none' ? null : { times: own.limit?.times ?? 1, per };
          })
        }
        options={[
          { value: 'none', label: t('live.limit_none') },
          { value: 'hour', label: t('live.limit_hour') },
          { value: 'day', label: t('live.limit_day') },
          { value: 'show', label: t('live.limit_show') },
        ]}
      />
      {limit !== null && (
        <NumberField
          label={t('live.limitTimes')}
          value={limit.times}
          min={1}
          max={10_000}
          step={1}
          onChange={(next) =>
            set((own) => {
              if (own.limit !== null) own.limit.times = next;
            }, 'limit')
          }
          onCommit={sealEdit}
        />
      )}
      <Switch
        label={t('live.onlyAt')}
        checked={airTime !== null}
        onChange={(on) =>
          set((own) => {
            own.airTime = on ? { weekdays: [], from: '09:00', to: '18:00' } : null;
          })
        }
      />
      {airTime !== null && (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of buttons. */}
          <div className={styles.days} role="group" aria-label={t('live.weekdays')}>
            {WEEKDAYS.map((key, index) => {
              const day = index + 1;
              const on = airTime.weekdays.length === 0 || airTime.weekdays.includes(day);
              return (
                <button
                  key={key}
                  type="button"
                  aria-pressed={on}
                  onClick={() =>
                    set((own) => {
                      if (own.airTime === null) return;
                      const now = own.airTime.weekdays.length === 0 ? [1, 2, 3, 4, 5, 6, 7] : own.airTime.weekdays;
                      const next = on ? now.filter((each) => each !== day) : [...now, day];
                      // None and all of them mean the same.
                      own.airTime.weekdays = next.length === 7 ? [] : next.toSorted();
                    })
                  }
                >
                  {t.any(key)}
                </button>
              );
            })}
          </div>
          <div className={styles.hours}>
            <TimeField
              label={t('live.from')}
              value={airTime.from}
              onCommit={(next) =>
                set((own) => {
                  own.airTime!.from = next;
                })
              }
            />
            <TimeField
              label={t('live.to')}
              value={airTime.to}
              onCommit={(next) =>
                set((own) => {
                  own.airTime!.to = next;
                })
              }
            />
          </div>
        </>
      )}
      <Select
        label={t('live.scene')}
        value={scene ?? KEEP}
        onChange={(next) =>
          set((own) => {
            own.scene = next === KEEP ? null : next;
          })
        }
        options={[
          { value: KEEP, label: t('live.sceneKeep') },
          ...scenes.map((each) => ({ value: each.id, label: each.name || each.id })),
        ]}
      />
      <Field label={t('live.jingle')}>
        {(ids) => (
          <span className={styles.fileRow}>
            <span title={jingle?.fileName}>{jingle === null ? t('ui.none') : jingle.fileName || t('live.file')}</span>
            <Button {...ids} icon={Volume2} onClick={() => void chooseJingle()}>
              {t('ui.choose')}
            </Button>
            {jingle !== null && (
              <IconButton
                small
                icon={Trash2}
                label={t('live.removeJingle')}
                onClick={() =>
                  set((own) => {
                    own.jingle = null;
                  })
                }
              />
            )}
          </span>
        )}
      </Field>
    </>
  );
}

const TimeField = (props: {
  label: string;
  value: string | null;
  onCommit: (value: string | null) => void;
}): ReactElement => (
  <TextField
    label={props.label}
    type="time"
    stacked
    value={props.value ?? ''}
    onCommit={(text) => {
      if (text === '' || /^([01]\d|2[0-3]):[0-5]\d$/.test(text)) props.onCommit(text === '' ? null : text);
    }}
  />
);
