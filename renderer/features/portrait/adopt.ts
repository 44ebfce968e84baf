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
  if (likenessKey !== null && record === null) askFor(likenessKey, next);
  else if (next !== undefined) openDialog(next.id, next.argument);
}

/** The picture is the document's already, since the project began with it: the record on file is taken over, or it is asked for. */
export async function settleConsent(portrait: PortraitSource, likeness: string | null): Promise<void> {
  const likenessKey = likenessOf(portrait, likeness);
  if (likenessKey === null) return;
  const record = await rpc.portraits.consent({ likenessKey });
  if (record === null) return askFor(likenessKey);
  editDocument('portrait.stepConsent', ({ avatar }) => {
    avatar.consent = record.consent;
  });
  sealEdit();
}

function askFor(likenessKey: string, next?: NextDialog): void {
  if (!asked.has(likenessKey)) {
    asked.add(likenessKey);
    openDialog('portrait.consent', { likenessKey, next });
  } else if (next !== undefined) openDialog(next.id, next.argument);
}
/** Who said `not now` is reminded in the panel, not asked again with every change. */
const asked = new Set<string>();

/** Under which a consent is kept; null for drawn avatars. A face that only the person sees goes by its picture. */
export const likenessOf = (portrait: PortraitSource, likenessKey: string | null): string | null =>
  portrait.kind === 'sample' ? null : (likenessKey ?? portrait.asset.sha256);
