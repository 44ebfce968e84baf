/** What the engine asks of a network, whatever it is and wherever it runs. */

/** A model that is loaded. */
export interface LipModel {
  /** Side of the face it draws. */
  readonly sizePx: number;
  /** Frames it draws at once, at most. */
  readonly batch: number;
  /** `reference`: the face to speak, RGB8, {@link sizePx} squared. @throws StudioError lips.model-unlike-face */
  face(reference: Uint8Array): Promise<LipNetwork>;
}

/** A model that draws one face. */
export interface LipNetwork {
  /** `windows`: `count` mel windows one after the other; gives as many pictures, RGB8. Rejects with a StudioError when it cannot. */
  draw(windows: Float32Array, count: number): Promise<Uint8Array>;
  release(): void;
}
