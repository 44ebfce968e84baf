/** A file on its way into the studio's store. */
import type { WireError } from '../../app/contract/base.ts';
import { UPLOAD_LIMIT_BYTES } from '../../app/contract/limits.ts';
import type { AssetRef } from '../../app/document/asset.ts';
import { ConnectionLost } from './connection.ts';

export class UploadFailed extends Error {
  readonly reason: 'too-large' | 'refused';
  /** The studio's words for it, where it gave some. */
  readonly wire: WireError | null;
  constructor(reason: 'too-large' | 'refused', wire: WireError | null = null) {
    super(`The file was not taken: ${reason}`);
    this.name = 'UploadFailed';
    this.reason = reason;
    this.wire = wire;
  }
}

export interface UploadOptions {
  /** Share sent, 0..1. */
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
  /** For a blob without a name. */
  fileName?: string;
}

/** @throws UploadFailed, ConnectionLost, or the signal's reason */
export function upload(file: Blob, { onProgress, signal, fileName }: UploadOptions = {}): Promise<AssetRef> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (file.size > UPLOAD_LIMIT_BYTES) return reject(new UploadFailed('too-large'));
    const name = fileName ?? (file instanceof File ? file.name : '');
    // fetch tells nothing of how much has been sent.
    const request = new XMLHttpRequest();
    request.open('POST', '/upload');
    request.responseType = 'json';
    request.setRequestHeader('content-type', file.type || 'application/octet-stream');
    request.setRequestHeader('x-file-name', encodeURIComponent(name));
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0));
    request.addEventListener('load', () => {
      if (request.status === 200 || request.status === 201) resolve(request.response as AssetRef);
      else if (request.status === 413) reject(new UploadFailed('too-large'));
      else reject(new UploadFailed('refused', wireErrorIn(request.response)));
    });
    request.addEventListener('error', () => reject(new ConnectionLost()));
    request.addEventListener('abort', () => reject(signal?.reason));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function wireErrorIn(body: unknown): WireError | null {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : body;
  return typeof error === 'object' && error !== null && 'code' in error && 'params' in error
    ? (error as WireError)
    : null;
}
