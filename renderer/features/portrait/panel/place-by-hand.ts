/** A picture in which only the person sees the face: it is taken with points in its middle, to be dragged into place. */
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { connection, rpc } from '../../../bridge/index.ts';
import { adopt } from '../adopt.ts';
import { examine } from '../examination.ts';
import { cancelImport } from '../import/take-picture.ts';
import { fittedTo } from '../model/face-points.ts';

export async function placeByHand(portrait: PortraitSource, seen: ExaminedPortrait): Promise<void> {
  await connection.whenOpen();
  const [sample] = await rpc.portraits.samples({});
  const drawn = await examine({ kind: 'sample', id: sample!.avatar.id }, null);
  const landmarks = fittedTo(drawn.faces[0]!.landmarks, seen);
  cancelImport();
  const next = { id: 'portrait.edit', argument: { tool: 'points', group: 'face' } };
  await adopt({ label: 'portrait.stepPicture', portrait, seen, faceIndex: null, landmarks, next });
}
