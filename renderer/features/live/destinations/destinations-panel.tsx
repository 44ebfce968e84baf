import { KeyRound, Plus, RadioTower, RefreshCw } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Destination } from '../../../../app/document/live.ts';
import { PLATFORM_IDS, PLATFORMS } from '../../../../app/live/platforms.ts';
import type { DestinationStatus } from '../../../../app/live/protocol.ts';
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { useFormat, useLanguage } from '../../../state/language.ts';
import { useDocument, useProject } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { openDialog } from '../../../state/ui-store.ts';
import { Button, EmptyState, IconButton, Menu } from '../../../ui/index.ts';
import { useNow } from '../air/use-now.ts';
import { liveErrorText } from '../air/words.ts';
import { useKeys } from '../keys-store.ts';
import styles from '../live.module.css';
import { addDestination } from '../live-edits.ts';
import { useIsRunning, useShow } from '../live-store.ts';
import { destinationName, hostOf, platformOf } from './names.ts';

const LIGHT_WORDS: Readonly<Record<DestinationStatus['state'], MessageKey>> = {
  off: 'live.light_off',
  connecting: 'live.light_connecting',
  live: 'live.light_live',
  waiting: 'live.light_waiting',
  refused: 'live.light_refused',
};

/** Where it goes, and how it is going there. */
export function DestinationsPanel(): ReactElement {
  const { t, locale } = useLanguage();
  const destinations = useDocument(({ live }) => live.destinations);
  const keys = useKeys(destinations.map(({ id }) => id).join(' '));
  const entries = PLATFORM_IDS.map((id) => ({
    label: PLATFORMS[id].name[locale],
    onSelect: () => openDialog('live.destination', addDestination(id)),
  }));
  return (
    <>
      <header className={styles.panelHead}>
        <h2>{t('live.destinations')}</h2>
        <span className={styles.spring} />
        <Menu
          align="end"
          entries={entries}
          trigger={<IconButton small icon={Plus} label={t('live.addDestination')} />}
        />
      </header>
      <div className={styles.panelBody}>
        {destinations.length === 0 && (
          <EmptyState icon={RadioTower} title={t('live.noDestinations')} text={t('live.noDestinationsText')}>
            <Menu
              entries={entries}
              trigger={
                <Button tone="primary" icon={Plus}>
                  {t('live.addDestination')}
                </Button>
              }
            />
          </EmptyState>
        )}
        <ul className={styles.destinationList}>
          {destinations.map((destination) => (
            <Row key={destination.id} destination={destination} hasKey={keys.get(destination.id) ?? null} />
          ))}
        </ul>
      </div>
    </>
  );
}

function Row({ destination, hasKey }: { destination: Destination; hasKey: boolean | null }): ReactElement {
  const { t, locale } = useLanguage();
  const { id, enabled, server } = destination;
  const running = useIsRunning();
  const told = useShow((status) => status?.destinations.find((each) => each.id === id) ?? null);
  const light = running ? (told?.state ?? 'off') : 'off';
  const name = destinationName(destination, locale);
  const lacks =
    server.trim() === ''
      ? t('live.lacksServer')
      : hasKey === false && platformOf(destination) !== 'custom'
        ? t('live.lacksKey')
        : null;
  return (
    <li className={styles.destination} data-destination={id} data-light={light}>
      <button type="button" className={styles.destinationFace} onClick={() => openDialog('live.destination', id)}>
        <span className={styles.light} data-light={light} aria-hidden />
        <span className={styles.rowName}>{name}</span>
        <span className={styles.lightWords}>
          {!enabled ? t('ui.off') : running ? t.any(LIGHT_WORDS[light]) : (lacks ?? hostOf(server))}
        </span>
        {!running && hasKey === true && <KeyRound aria-label={t('live.keySaved')} />}
      </button>
      {running && told !== null && <Figures told={told} name={name} />}
    </li>
  );
}

function Figures({ told, name }: { told: DestinationStatus; name: string }): ReactElement {
  const { t, locale } = useLanguage();
  const { number } = useFormat();
  const projectId = useProject((state) => state.id);
  const { id, state, bitrateKbps, droppedFrames, reconnects, retryAtWallMs, lastError } = told;
  const waits = state === 'waiting' || state === 'refused' || state === 'connecting';
  const now = useNow(retryAtWallMs !== null);
  const seconds = retryAtWallMs === null ? null : Math.max(0, Math.ceil((retryAtWallMs - now) / 1000));
  const words =
    lastError === null || state === 'live'
      ? null
      : liveErrorText(
          { ...lastError, params: { ...lastError.params, ...(lastError.params.id === id && { id: name }) } },
          locale,
          t,
        );
  return (
    <div className={styles.destinationMore}>
      <p className={styles.destinationFigures}>
        {state === 'live' && <span>{t('live.kbps', { kbps: number(Math.round(bitrateKbps)) })}</span>}
        <span>{t('live.drops', { count: droppedFrames })}</span>
        <span>{t('live.reconnects', { count: reconnects })}</span>
        {seconds !== null && <span>{t('live.retryIn', { seconds })}</span>}
      </p>
      {words !== null && (
        <p className={styles.destinationError}>
          {words.message} {words.hint}
        </p>
      )}
      {waits && (
        <Button
          icon={RefreshCw}
          onClick={() => {
            if (projectId !== null) rpc.live.reconnectNow({ projectId, destinationId: id }).catch(showErrorToast);
          }}
        >
          {t('live.reconnectNow')}
        </Button>
      )}
    </div>
  );
}
