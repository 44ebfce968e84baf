/** What is loaded when it is first shown, and falls alone when it fails. */
import { Component, type ReactElement, type ReactNode, Suspense } from 'react';
import { useT } from '../state/language.ts';
import { ErrorBox, Spinner } from '../ui/index.ts';
import styles from './shell.module.css';

/** A panel that throws takes nothing else with it. */
class Guard extends Component<{ children: ReactNode }, { error: unknown; round: number }> {
  override state = { error: null as unknown, round: 0 };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    const { error, round } = this.state;
    if (error !== null) {
      return (
        <div className={styles.centred}>
          <ErrorBox error={error} onRetry={() => this.setState({ error: null, round: round + 1 })} />
        </div>
      );
    }
    return this.props.children;
  }
}

/** What is loaded when it is first shown, guarded. */
export function Guarded({ children }: { children: ReactNode }): ReactElement {
  return (
    <Guard>
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </Guard>
  );
}

/** What is nowhere until it is loaded. */
export const GuardedQuietly = ({ children }: { children: ReactNode }): ReactElement => (
  <Guard>
    <Suspense fallback={null}>{children}</Suspense>
  </Guard>
);

export function Loading(): ReactElement {
  const t = useT();
  return (
    <div className={styles.centred}>
      <p className={styles.loading}>
        <Spinner label={t('shell.loading')} />
      </p>
    </div>
  );
}
