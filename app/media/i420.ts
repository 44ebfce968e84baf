/**
 * Planar 4:2:0 frames, BT.709 limited range: what the compositor draws and the encoder reads.
 * One buffer: Y (width × height), then U and V (width/2 × height/2 each). Width and height are even.
 * With alpha (`yuva420p`) a full-size A plane follows V.
 */
export const i420Bytes = (width: number, height: number): number => (width * height * 3) / 2;
export const i420aBytes = (width: number, height: number): number => (width * height * 5) / 2;
