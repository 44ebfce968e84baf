/** A vendor that makes the whole film of a person speaking, in minutes: an offline renderer for exports. */

export interface CloudRenderJob {
  /** The vendor's id of the task: kept, so that it can be taken up again after a restart. */
  taskId: string;
  submittedAt: string;
}

export interface CloudRenderRequest {
  /** A still (JPEG/PNG) or a film (MP4) of the person, as the renderer asks for. */
  personPath: string;
  /** WAV or MP3, whole. */
  audioPath: string;
  options: Readonly<Record<string, string | number | boolean>>;
}

export interface CloudRenderer {
  readonly id: string;
  readonly takes: 'picture' | 'video';
  submit(request: CloudRenderRequest, signal: AbortSignal): Promise<CloudRenderJob>;
  /** Polls with back-off and downloads to `outPath` (whole or not at all) before the link dies. An abort cancels the task where the vendor lets it. */
  collect(job: CloudRenderJob, outPath: string, onState: (state: string) => void, signal: AbortSignal): Promise<void>;
  cancel(job: CloudRenderJob): Promise<void>;
}
