import { type ReactElement, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import licences from '../../../THIRD-PARTY-LICENSES.md?raw';
import { useT } from '../../state/language.ts';
import { studioStore } from '../../state/studio-store.ts';
import { SearchField } from '../../ui/index.ts';
import styles from './settings.module.css';

interface Package {
  name: string;
  version: string;
  licence: string;
}

/** The rows of the table that `npm run licenses` writes. */
function packagesOf(markdown: string): Package[] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('| ') && !/^\| (package|---)/.test(line));
  return rows.map((row) => {
    const [, name = '', version = '', licence = ''] = row.split('|').map((cell) => cell.trim());
    return { name, version, licence };
  });
}

export default function About(): ReactElement {
  const t = useT();
  const info = useStore(studioStore, (state) => state.info);
  const packages = useMemo(() => packagesOf(licences), []);
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const shown = packages.filter(({ name, licence }) => `${name} ${licence}`.toLowerCase().includes(wanted));
  return (
    <>
      <p className={styles.aboutName}>{t('shell.appName')}</p>
      <p className={`${styles.quiet} selectable`}>
        {info === null ? '' : t('settings.version', { version: info.version, platform: info.platform })}
      </p>
      <p className={styles.aboutText}>{t('settings.licence')}</p>
      <p className={styles.aboutText}>{t('settings.privacy')}</p>
      <div className={styles.subhead}>
        <h3>{t('settings.thirdParty', { count: packages.length })}</h3>
      </div>
      <SearchField label={t('settings.searchLicences')} value={query} onChange={setQuery} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section className={styles.licences} tabIndex={0} aria-label={t('settings.thirdPartyList')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('settings.package')}</th>
              <th scope="col">{t('settings.packageVersion')}</th>
              <th scope="col">{t('settings.packageLicence')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, version, licence }) => (
              <tr key={`${name} ${version}`}>
                <td>{name}</td>
                <td>{version}</td>
                <td>{licence}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
