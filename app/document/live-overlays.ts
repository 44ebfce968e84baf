/** What can be laid over a live picture, and shown or hidden while it is on air: by a script's markers, from the desk, by the interface for programs. */
import { z } from 'zod';
import { assetRefSchema } from './asset.ts';

const colour = z.string().regex(/^#[0-9a-f]{6}$/i);
const shortText = z.string().max(200);

/** How a marker names an overlay or a scene: `[#card apple]`. */
export const liveIdSchema = z.string().regex(/^[\p{L}\p{N}_-]{1,40}$/u);

/** Shares of the stage, of the overlay's top left corner; its height follows from its content. */
const placeSchema = z.strictObject({
  x: z.number().min(-1).max(2),
  y: z.number().min(-1).max(2),
  width: z.number().positive().max(2),
});

/** Coming and going. Longer than half a second is no transition any more. */
export const transitionSchema = z.strictObject({
  kind: z.enum(['none', 'fade', 'slide-left', 'slide-right', 'slide-up', 'slide-down']).default('fade'),
  ms: z.int().min(0).max(500).default(240),
});
export type Transition = z.infer<typeof transitionSchema>;

const common = {
  id: liveIdSchema,
  /** For the desk; the id where it is empty. */
  name: shortText.default(''),
  place: placeSchema,
  transition: transitionSchema.prefault({}),
  /** On air from the first frame on. */
  shownAtStart: z.boolean().default(false),
  /** Goes by itself after so long; null stays until it is hidden. */
  hideAfterMs: z.int().min(500).max(86_400_000).nullable().default(null),
  opacity: z.number().min(0).max(1).default(1),
};
const look = { textColour: colour.default('#ffffff'), ground: colour.default('#d81e3f') };

export const liveOverlaySchema = z.discriminatedUnion('kind', [
  /** A product: picture, title, price, the price before, and a line of its own. */
  z.strictObject({
    kind: z.literal('card'),
    ...common,
    ...look,
    title: shortText.min(1),
    price: shortText.default(''),
    priceBefore: shortText.default(''),
    note: shortText.default(''),
    picture: assetRefSchema.nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('price'),
    ...common,
    ...look,
    price: shortText.min(1),
    priceBefore: shortText.default(''),
    note: shortText.default(''),
  }),
  /** Any picture; a logo too. */
  z.strictObject({ kind: z.literal('picture'), ...common, picture: assetRefSchema }),
  z.strictObject({
    kind: z.literal('text'),
    ...common,
    ...look,
    text: z.string().min(1).max(1000),
    size: z.number().min(0.01).max(0.2).default(0.05),
  }),
  /** Text that runs across its place from right to left, over and over. */
  z.strictObject({
    kind: z.literal('ticker'),
    ...common,
    ...look,
    text: z.string().min(1).max(5000),
    size: z.number().min(0.01).max(0.2).default(0.045),
    /** Stage widths a second. */
    speed: z.number().min(0.01).max(1).default(0.1),
  }),
  /** To a moment (ISO 8601 with its zone), or over a time from when it is shown. */
  z.strictObject({
    kind: z.literal('countdown'),
    ...common,
    ...look,
    to: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('moment'), at: z.iso.datetime({ offset: true }) }),
      z.strictObject({ kind: z.literal('duration'), ms: z.int().min(1000).max(86_400_000) }),
    ]),
    title: shortText.default(''),
    /** Shown when it has run out; nothing (hidden) where empty. */
    atEnd: shortText.default(''),
  }),
  z.strictObject({
    kind: z.literal('clock'),
    ...common,
    ...look,
    seconds: z.boolean().default(true),
    date: z.boolean().default(false),
    /** IANA name; null: the machine's own. */
    timeZone: z.string().max(60).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('qr'),
    ...common,
    content: z.string().min(1).max(1000),
    caption: shortText.default(''),
  }),
]);
export type LiveOverlay = z.infer<typeof liveOverlaySchema>;
