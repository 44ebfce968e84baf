import { useEffect } from 'react';
import type { ExportJob } from '../../../app/contract/exports.ts';
import { errorText } from '../../bridge/errors.ts';
import { language } from '../../state/language.ts';
import { isBusy, studioStore } from '../../state/studio-store.ts';
import { showToast } from '../../state/toasts.ts';
import { showWork } from '../library/library-store.ts';
import { queueStore } from './queue-store.ts';

/** Tells when an export that was under way ends, and how many are under way on the program's icon, where there is one. */
export default function QueueNews(): null {
  useEffect(() => {
    let before = busyIds(studioStore.getState().jobs);
    return studioStore.subscribe(({ jobs }, { jobs: earlier }) => {
      if (jobs === earlier || jobs === null) return;
      for (const job of jobs) if (before.has(job.id) && !isBusy(job)) tell(job);
      const now = busyIds(jobs);
      if (now.size !== before.size) void showOnIcon(now.size);
      before = now;
    });
  }, []);
  return null;
}

const busyIds = (jobs: readonly ExportJob[] | null): ReadonlySet<string> =>
  new Set((jobs ?? []).filter(isBusy).map(({ id }) => id));

function tell({ fileName, status }: ExportJob): void {
  const { t, locale } = language();
  if (status.state === 'done') {
    const [warning] = status.warnings;
    showToast({
      tone: warning === undefined ? 'success' : 'warning',
      message: t('export.ready', { name: fileName }),
      ...(warning !== undefined && { hint: errorText(warning, locale, t).message }),
      action: { label: t('export.show'), run: () => showWork(status.workId) },
    });
  }
  if (status.state === 'failed') {
    showToast({
      tone: 'error',
      message: t('export.failed', { name: fileName }),
      hint: errorText(status.error, locale, t).message,
      action: { label: t('export.details'), run: () => queueStore.setState({ open: true }) },
    });
  }
}

async function showOnIcon(count: number): Promise<void> {
  try {
    if ('setAppBadge' in navigator) await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge());
  } catch {
    // A page that is not installed has no icon.
  }
}
