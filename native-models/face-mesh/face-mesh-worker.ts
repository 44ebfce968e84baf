/** The worker thread the face networks live in: pictures in, faces out, one after the other. */
import { parentPort } from 'node:worker_threads';
import { type FaceNetwork, loadFaceNetwork } from './face-network.ts';
import { findFaces, type MeshFace } from './find-faces.ts';
import type { PictureView } from './square-crop.ts';

export interface FaceRequest {
  id: number;
  /** Null only loads the networks. */
  picture: PictureView | null;
}
export type FaceReply = { id: number; faces: MeshFace[] } | { id: number; error: string };

let loading: Promise<FaceNetwork> | undefined;

parentPort?.on('message', async ({ id, picture }: FaceRequest) => {
  let reply: FaceReply;
  try {
    loading ??= loadFaceNetwork();
    const network = await loading;
    reply = { id, faces: picture === null ? [] : findFaces(picture, network) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
