/** Portraits: what the studio sees in a picture, its repair, the mouth's trial, and consent to a likeness. */
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { avatarSchema, portraitSourceSchema } from '../document/avatar.ts';
import { consentSchema } from '../document/consent.ts';
import { faceLandmarksSchema } from '../document/landmarks.ts';
import { sampleAvatarIndexSchema } from '../document/sample-avatars.ts';
import { backgroundSchema } from '../document/stage.ts';
import type { FindingWordsCode } from '../i18n/findings.ts';
import { findingWords } from '../i18n/findings.ts';
import { idSchema, mediaPathSchema, nothing, procedure, rectSchema } from './base.ts';
import { shownEmotionSchema } from './emotions.ts';

const findingCodeSchema = z.enum(Object.keys(findingWords) as [FindingWordsCode, ...FindingWordsCode[]]);

/** What the studio can do itself about a finding: crop round the head, brighten, darken, rotate the eyes level, enlarge. */
export const FIXES = ['crop', 'brighten', 'darken', 'level'] as const;
export type PortraitFix = (typeof FIXES)[number];

export const portraitFindingSchema = z.object({
  code: findingCodeSchema,
  severity: z.enum(['info', 'warning', 'severe']),
  value: z.number(),
  /** null: only another picture helps; the finding's advice says which. */
  fix: z.enum(FIXES).nullable(),
});
export type PortraitFinding = z.infer<typeof portraitFindingSchema>;

export const examinedFaceSchema = z.object({
  /** Counted from the picture's left. */
  index: z.int(),
  /** In pixels of the upright picture, as are the landmarks. */
  box: rectSchema,
  confidence: z.number(),
  landmarks: faceLandmarksSchema,
  pose: z.object({ yawDeg: z.number(), pitchDeg: z.number(), rollDeg: z.number() }),
  findings: z.array(portraitFindingSchema),
  /** Under which a consent to the use of this face is kept. */
  likenessKey: z.string(),
});
export type ExaminedFace = z.infer<typeof examinedFaceSchema>;

export const examinedPortraitSchema = z.object({
  /** Of the upright picture, scaled to at most 2048 px: what landmarks and boxes are told in. */
  widthPx: z.int(),
  heightPx: z.int(),
  /** That picture. */
  picture: mediaPathSchema,
  /** The person cut out of it (with alpha) and what is left behind; null while no face is chosen or found. */
  person: mediaPathSchema.nullable(),
  background: mediaPathSchema.nullable(),
  faces: z.array(examinedFaceSchema),
  /** The face in use: the asked one, or the only one; null when there is none or the person must choose. */
  chosen: z.int().nullable(),
  /** Drawn, not a real person: no consent is asked. */
  drawn: z.boolean(),
});
export type ExaminedPortrait = z.infer<typeof examinedPortraitSchema>;

export const sampleSchema = z.object({
  avatar: sampleAvatarIndexSchema.shape.avatars.element,
  portrait: mediaPathSchema,
  background: mediaPathSchema,
});
export type SamplePortrait = z.infer<typeof sampleSchema>;

export const MOUTH_TESTS = ['rest', 'closed', 'open', 'O', 'E', 'F'] as const;
export type MouthTestShape = (typeof MOUTH_TESTS)[number];

export const mouthTestSchema = z.object({
  /** As the document has it or would have it: its landmarks are the ones tried. */
  avatar: avatarSchema,
  mouth: z.enum(MOUTH_TESTS),
  emotion: shownEmotionSchema.nullable(),
  /** Lids shut, 0..1. */
  blink: z.number().min(0).max(1).default(0),
  /** The picture's longer side at most. */
  maxSidePx: z.int().min(64).max(1024).default(512),
});
export type MouthTestRequest = z.infer<typeof mouthTestSchema>;

/** Of a stage that is looked at small. */
const stillSidePx = z.int().multipleOf(2).min(64).max(1024);
export const framedSchema = z.object({
  /** The framing in it for a stage of this shape is the one used. */
  avatar: avatarSchema,
  background: backgroundSchema,
  size: z.object({ widthPx: stillSidePx, heightPx: stillSidePx }),
});
export type FramedRequest = z.infer<typeof framedSchema>;

/** For placePicture of app/media/place-picture.ts, which says where the picture goes for any other framing and size. */
export const placedSubjectSchema = z.object({
  /** In pixels of the picture at some size of its own. */
  subject: z.object({
    width: z.number(),
    height: z.number(),
    head: z.object({
      top: z.number(),
      chin: z.number(),
      centreX: z.number(),
      eyesY: z.number(),
      faceWidth: z.number(),
    }),
    cut: z.object({ left: z.boolean(), right: z.boolean(), top: z.boolean(), bottom: z.boolean() }),
  }),
  fillWidth: z.boolean(),
});
export type PlacedSubject = z.infer<typeof placedSubjectSchema>;

/** A portrait of the person's own that a project shows. */
export const earlierPortraitSchema = z.object({
  asset: assetRefSchema,
  thumbnail: mediaPathSchema,
  /** Whose project was changed last with it. */
  projectName: z.string(),
  usedAtMs: z.number(),
});
export type EarlierPortrait = z.infer<typeof earlierPortraitSchema>;

/** What was agreed to for a face, whichever projects show it; a project has its copy in `avatar.consent`. */
export const consentRecordSchema = z.object({
  likenessKey: z.string().min(1).max(200),
  consent: consentSchema,
  recordedAtMs: z.number(),
});
export type ConsentRecord = z.infer<typeof consentRecordSchema>;

export const portraits = {
  samples: procedure.input(nothing).output(z.array(sampleSchema)),
  /** The room that suits a sample avatar, as a file of the store, so that a stage can name it. */
  sampleBackground: procedure.input(z.object({ sampleId: idSchema })).output(assetRefSchema),
  examine: procedure
    .input(z.object({ portrait: portraitSourceSchema, faceIndex: z.int().min(0).nullable() }))
    .output(examinedPortraitSchema),
  /** A still of the face as the engine draws it. */
  mouthTest: procedure
    .input(mouthTestSchema)
    .output(z.object({ picture: mediaPathSchema, widthPx: z.int(), heightPx: z.int() })),
  /** A still of the stage as the engine lays it out, the face at rest, without overlays. */
  framed: procedure
    .input(framedSchema)
    .output(placedSubjectSchema.extend({ picture: mediaPathSchema, widthPx: z.int(), heightPx: z.int() })),
  /** Those used last first; one that several projects show is told once. */
  earlier: procedure.input(nothing).output(z.array(earlierPortraitSchema)),
  /** A repaired copy of the picture; the original stays. */
  fix: procedure
    .input(z.object({ portrait: portraitSourceSchema, faceIndex: z.int().min(0).nullable(), fix: z.enum(FIXES) }))
    .output(assetRefSchema),
  /** Cut and turned by hand: first turned clockwise about its middle, then cut (in pixels of the upright picture). */
  crop: procedure
    .input(z.object({ portrait: portraitSourceSchema, rect: rectSchema, rotateDeg: z.number().min(-180).max(180) }))
    .output(assetRefSchema),
  consents: procedure.input(nothing).output(z.array(consentRecordSchema)),
  consent: procedure.input(z.object({ likenessKey: z.string() })).output(consentRecordSchema.nullable()),
  saveConsent: procedure.input(consentRecordSchema.omit({ recordedAtMs: true })).output(consentRecordSchema),
  withdrawConsent: procedure.input(z.object({ likenessKey: z.string() })).output(nothing),
};
