/** Times as editors read them. */

const two = (value: number): string => String(value).padStart(2, '0');

/** `mm:ss:ff`, with hours where there are any. */
export function timecode(atMs: number, fps: number): string {
  const frames = Math.round((atMs * fps) / 1000);
  const seconds = Math.floor(frames / fps);
  const rest = frames - seconds * fps;
  const minutes = Math.floor(seconds / 60);
  const text = `${two(minutes % 60)}:${two(seconds % 60)}:${two(rest)}`;
  return minutes < 60 ? text : `${Math.floor(minutes / 60)}:${text}`;
}
