/** Takes from the microphone, kept with the project they were spoken for. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { takeSchema } from '../document/take.ts';
import { idSchema, nothing, procedure } from './base.ts';

const ofProject = z.object({ projectId: idSchema });

export const takes = {
  /** Latest first. */
  list: procedure.input(ofProject).output(z.array(takeSchema)),
  watch: procedure.input(ofProject).output(eventIterator(z.array(takeSchema))),
  /** Adds an uploaded take, or renames the one with this id. */
  save: procedure.input(takeSchema).output(takeSchema),
  /** The sound stays for a while, so that saving the same take again takes it back. */
  remove: procedure.input(z.object({ id: idSchema })).output(nothing),
};
