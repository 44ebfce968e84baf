/** What a reader of one format makes of a file, before it becomes lines of the script grammar. */
import type { ImportedLine } from '../../../app/contract/script.ts';
import type { ErrorParams } from '../../../app/errors/index.ts';

export interface DraftLine extends ImportedLine {
  /** In the file, from 1, where the format has such a number; for messages. */
  sourceLine: number;
}

export interface Draft {
  lines: DraftLine[];
  /** Pieces that are no speech: pictures, code, notes on sounds. */
  leftOut: number;
  /** Cells of a table that say nothing the studio knows, by column. */
  unknown?: ErrorParams[];
}
