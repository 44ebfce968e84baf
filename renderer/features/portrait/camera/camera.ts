/** The webcam: asked for, watched, and let go of. */
export type CameraFault = 'denied' | 'absent' | 'busy' | 'insecure' | 'failed';

export class CameraError extends Error {
  readonly fault: CameraFault;
  constructor(fault: CameraFault, cause?: unknown) {
    super(`The camera cannot be used: ${fault}`, { cause });
    this.name = 'CameraError';
    this.fault = fault;
  }
}

const FAULTS: Readonly<Record<string, CameraFault>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Pictures larger than this gain nothing. @throws CameraError */
export async function openCamera(deviceId: string | null): Promise<MediaStream> {
  // Left out by browsers where the page did not come over a safe line.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (devices === undefined) throw new CameraError('insecure');
  try {
    return await devices.getUserMedia({
      audio: false,
      video: {
        ...(deviceId === null ? { facingMode: 'user' } : { deviceId: { exact: deviceId } }),
        width: { ideal: 1920 },
        height: { ideal: 1080 },
      },
    });
  } catch (error) {
    throw new CameraError(FAULTS[error instanceof Error ? error.name : ''] ?? 'failed', error);
  }
}

export const closeCamera = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

/** With labels only once the person has allowed it. */
export const listCameras = async (): Promise<MediaDeviceInfo[]> =>
  (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput');

/** What the camera sees, as others see it: not mirrored. */
export async function shoot(video: HTMLVideoElement): Promise<Blob> {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext('2d')!.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
  if (blob === null) throw new CameraError('failed');
  return blob;
}
