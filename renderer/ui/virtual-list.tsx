import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import {
  type ComponentPropsWithoutRef,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useImperativeHandle,
  useRef,
} from 'react';

export interface VirtualListHandle {
  scrollToIndex(index: number, align?: 'auto' | 'start' | 'center' | 'end'): void;
  readonly element: HTMLDivElement | null;
}

interface VirtualListProps extends Omit<ComponentPropsWithoutRef<'div'>, 'children'> {
  count: number;
  keyAt: (index: number) => string;
  /** px at 100 % zoom; rows are measured once they are drawn. */
  estimatedHeight: number;
  overscan?: number;
  handle?: RefObject<VirtualListHandle | null>;
  /** Draws one row; memoise what it draws. */
  children: (index: number) => ReactNode;
}

/** A scrolling list of which only what is in view is drawn. Roles (`list`, `listbox`, …) are the caller's. */
export function VirtualList(props: VirtualListProps): ReactElement {
  const { count, keyAt, estimatedHeight, overscan = 8, handle, children, style, ...rest } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 13;
  const virtualizer: Virtualizer<HTMLDivElement, HTMLDivElement> = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimatedHeight * rem,
    getItemKey: keyAt,
    overscan,
  });
  useImperativeHandle(handle, () => ({
    scrollToIndex: (index, align = 'auto') => virtualizer.scrollToIndex(index, { align }),
    get element() {
      return scroller.current;
    },
  }));
  const items = virtualizer.getVirtualItems();
  return (
    <div {...rest} ref={scroller} style={{ ...style, overflow: 'auto', contain: 'strict', height: '100%' }}>
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        <div
          role="presentation"
          style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${items[0]?.start ?? 0}px)` }}
        >
          {items.map(({ key, index }) => (
            <div role="presentation" key={key} data-index={index} ref={virtualizer.measureElement}>
              {children(index)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
