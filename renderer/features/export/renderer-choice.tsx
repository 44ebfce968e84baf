/** Who moves the face of the exports: the embedded renderer, or one in the cloud where there is a key for it, with what it will cost. */
import { type ReactElement, useEffect, useState } from 'react';
import type { ExportTarget, RendererOffer } from '../../../app/contract/exports.ts';
import type { RendererId } from '../../../app/providers/renderers.ts';
import { rpc } from '../../bridge/index.ts';
import { useLanguage } from '../../state/language.ts';
import { Select } from '../../ui/index.ts';

/** Those that may be chosen now; none until they are known. */
export function useRenderers(): readonly RendererOffer[] {
  const [offers, setOffers] = useState<readonly RendererOffer[]>([]);
  useEffect(() => {
    const life = new AbortController();
    rpc.exports.renderers({}, { signal: life.signal }).then(
      (all) => setOffers(all.filter(({ lacks }) => lacks === null)),
      // An export by the embedded renderer needs none of them.
      () => {},
    );
    return () => life.abort();
  }, []);
  return offers;
}

/** How many different films are asked of the vendor: one a target, for each has a stage of its own. */
export const filmsOf = (targets: readonly ExportTarget[]): number =>
  targets.filter(({ renderer = 'embedded' }) => renderer !== 'embedded').length;

interface Props {
  offers: readonly RendererOffer[];
  value: RendererId;
  onChange(next: RendererId): void;
  films: number;
  durationMs: number | null;
}

export function RendererChoice({ offers, value, onChange, films, durationMs }: Props): ReactElement | null {
  const { t, locale } = useLanguage();
  if (offers.length === 0) return null;
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'CNY' });
  const offer = offers.find(({ id }) => id === value);
  const hint = (): string => {
    if (offer === undefined) return t('export.rendererHint_embedded');
    if (durationMs === null)
      return t('export.rendererHint_cloudUnknown', { price: money.format(60 * offer.yuanPerSecond) });
    const yuan = films * Math.ceil(durationMs / 1000) * offer.yuanPerSecond;
    return t('export.rendererHint_cloud', { price: money.format(yuan), count: films });
  };
  return (
    <Select
      label={t('export.renderer')}
      hint={hint()}
      value={value}
      onChange={onChange}
      options={(['embedded', ...offers.map(({ id }) => id)] as const).map((id) => ({
        value: id,
        label: t(`export.renderer_${id}`),
      }))}
    />
  );
}
