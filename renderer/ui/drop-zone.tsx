import { type DragEvent, type ReactElement, type ReactNode, useRef, useState } from 'react';
import styles from './display.module.css';

interface DropZoneProps {
  /** What letting go does, shown while files hover. */
  label: string;
  onFiles: (files: File[]) => void;
  /** Also takes what is pasted while the focus is inside. */
  takesPaste?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

/** Takes files that are dropped on what it wraps. There must be a button that does the same. */
export function DropZone({ label, onFiles, takesPaste, disabled, children }: DropZoneProps): ReactElement {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const hasFiles = (event: DragEvent): boolean => !disabled && event.dataTransfer.types.includes('Files');
  const give = (list: FileList): void => {
    if (list.length > 0) onFiles([...list]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut for what a button does.
    <div
      className={styles.dropZone}
      onDragEnter={(event) => {
        if (!hasFiles(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!hasFiles(event)) return;
        depth.current -= 1;
        if (depth.current <= 0) setOver(false);
      }}
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        event.stopPropagation();
        depth.current = 0;
        setOver(false);
        give(event.dataTransfer.files);
      }}
      onPaste={(event) => takesPaste && !disabled && give(event.clipboardData.files)}
    >
      {children}
      {over && <div className={styles.dropHere}>{label}</div>}
    </div>
  );
}
