/** Who makes the moving face of an export: the studio itself, or a vendor that makes the whole film in minutes. */

/** Of Bailian: VideoRetalk (new lips on a film), LivePortrait and Wan S2V (a film from a picture). */
export const CLOUD_RENDERERS = ['videoretalk', 'liveportrait', 's2v'] as const;
export type CloudRendererId = (typeof CLOUD_RENDERERS)[number];

export const RENDERERS = ['embedded', ...CLOUD_RENDERERS] as const;
export type RendererId = (typeof RENDERERS)[number];
