/** A portrait takes its place in the document: one step of undo, with the consent that is on record for the face. */
import type { ExaminedPortrait } from '../../../app/contract/portraits.ts';
import { framingSchema, type PortraitSource } from '../../../app/document/avatar.ts';
import type { FaceLandmarks } from '../../../app/document/landmarks.ts';
import { rpc } from '../../bridge/index.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { editDocument, sealEdit } from '../../state/project.ts';
import { openDialog } from '../../state/ui-store.ts';

export interface Adoption {
  label: MessageKey;
  portrait: PortraitSource;
  seen: ExaminedPortrait;
  /** Of the faces seen; null where there is none and `landmarks` say where it is. */
  faceIndex: number | null;
  landmarks?: FaceLandmarks | null;
  /** The same picture in another light: where it stands stays as it is. */
  keepsFraming?: boolean;
  /** A dialog that comes next, after whatever is asked. */
  next?: NextDialog;
}
export interface NextDialog {
  id: string;
  argument: unknown;
}

/** Asks who it is where nobody has said so yet. */
export async function adopt({
  label,
  portrait,
  seen,
  faceIndex,
  landmarks = null,
  keepsFraming,
  next,
}: Adoption): Promise<void> {
  const face = faceIndex === null ? null : (seen.faces[faceIndex] ?? null);
  const likenessKey = likenessOf(portrait, face?.likenessKey ?? null);
  const record = likenessKey === null ? null : await rpc.portraits.consent({ likenessKey });
  editDocument(label, ({ avatar }) => {
    avatar.portrait = portrait;
    avatar.faceIndex = seen.faces.length > 1 ? faceIndex : null;
    avatar.landmarks = landmarks;
    avatar.consent = record?.consent ?? null;
    if (keepsFraming) return;
    avatar.framing = framingSchema.parse({});
    delete avatar.framingByShape;
  });
  sealEdit();
  if (likenessKey === null || record !== null || asked.has(likenessKey)) {
    if (next !== undefined) openDialog(next.id, next.argument);
    return;
  }
  asked.add(likenessKey);
  openDialog('portrait.consent', { likenessKey, next });
}
/** Who said `not now` is reminded in the panel, not asked again with every change. */
const asked = new Set<string>();

/** Under which a consent is kept; null for drawn avatars. A face that only the person sees goes by its picture. */
export const likenessOf = (portrait: PortraitSource, likenessKey: string | null): string | null =>
  portrait.kind === 'sample' ? null : (likenessKey ?? portrait.asset.sha256);
