import type { SamplePortrait } from '../../../../app/contract/portraits.ts';
import { useLocale, useT } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import type { Examination } from '../examination.ts';
import { useSamples } from './samples.ts';

/** How the portrait is called, and what it is made of. */
export function useFileFacts(examination: Examination): { name: string; detail: string } {
  const t = useT();
  const locale = useLocale();
  const portrait = useDocument(({ avatar }) => avatar.portrait);
  const samples = useSamples();
  const name =
    portrait.kind === 'asset'
      ? portrait.asset.fileName
      : (samples?.find(({ avatar }: SamplePortrait) => avatar.id === portrait.id)?.avatar.name[locale] ?? portrait.id);
  if (examination.state !== 'seen') return { name, detail: '' };
  const { widthPx, heightPx } = examination.portrait;
  return { name, detail: t('portrait.pixels', { width: String(widthPx), height: String(heightPx) }) };
}
