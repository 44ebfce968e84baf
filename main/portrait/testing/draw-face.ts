/** Portraits for tests: plain drawn faces, regular enough for the face network. */
import { type CanvasGradient, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';

export interface DrawnFace {
  /** Middle of the face. */
  x: number;
  y: number;
  /** Forehead to chin. */
  size: number;
}

/** A PNG with the faces given, on a plain blue-grey wall or on nothing. */
export function drawPortrait(
  width: number,
  height: number,
  faces: readonly DrawnFace[],
  options: { transparent?: boolean } = {},
): Buffer {
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (options.transparent !== true) {
    const wall = pen.createLinearGradient(0, 0, 0, height);
    wall.addColorStop(0, '#c3d3e2');
    wall.addColorStop(1, '#8fa6bd');
    pen.fillStyle = wall;
    pen.fillRect(0, 0, width, height);
  }
  for (const face of faces) {
    pen.save();
    pen.translate(face.x, face.y);
    pen.scale(face.size / 200, face.size / 200);
    drawPerson(pen);
    pen.restore();
  }
  return canvas.toBuffer('image/png');
}

/** In a frame where the face reaches from −100 to 100 in height and from −72 to 72 in width. */
function drawPerson(pen: SKRSContext2D): void {
  const fill = (style: string | CanvasGradient, path: () => void): void => {
    pen.fillStyle = style;
    pen.beginPath();
    path();
    pen.fill();
  };
  const oval = (x: number, y: number, rx: number, ry: number): void => pen.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
  fill('#2a1c16', () => oval(0, -38, 92, 98));
  fill('#a83244', () => {
    pen.moveTo(-190, 330);
    pen.bezierCurveTo(-185, 175, -110, 150, -40, 132);
    pen.lineTo(40, 132);
    pen.bezierCurveTo(110, 150, 185, 175, 190, 330);
  });
  fill('#cf9878', () => pen.rect(-32, 60, 64, 82));
  const skin = pen.createRadialGradient(-12, -10, 10, 0, 0, 120);
  skin.addColorStop(0, '#f6d2b6');
  skin.addColorStop(0.7, '#e9b897');
  skin.addColorStop(1, '#c98d6c');
  fill(skin, () => {
    pen.moveTo(-72, -20);
    pen.bezierCurveTo(-70, 50, -40, 100, 0, 102);
    pen.bezierCurveTo(40, 100, 70, 50, 72, -20);
    pen.bezierCurveTo(72, -85, 40, -102, 0, -102);
    pen.bezierCurveTo(-40, -102, -72, -85, -72, -20);
  });
  for (const side of [-1, 1]) {
    pen.strokeStyle = '#36251d';
    pen.lineWidth = 6;
    pen.lineCap = 'round';
    pen.beginPath();
    pen.moveTo(side * 17, -38);
    pen.quadraticCurveTo(side * 36, -48, side * 54, -36);
    pen.stroke();
    const eye = (): void => {
      pen.moveTo(side * 17, -18);
      pen.quadraticCurveTo(side * 34, -34, side * 52, -17);
      pen.quadraticCurveTo(side * 34, -7, side * 17, -18);
    };
    fill('#f7f4f0', eye);
    pen.save();
    pen.beginPath();
    eye();
    pen.clip();
    fill('#5a3d28', () => oval(side * 34, -20, 8.5, 8.5));
    fill('#120b08', () => oval(side * 34, -20, 4, 4));
    fill('#ffffff', () => oval(side * 34 + 3, -23, 1.8, 1.8));
    pen.restore();
    pen.strokeStyle = '#2b1a14';
    pen.lineWidth = 2.5;
    pen.beginPath();
    pen.moveTo(side * 17, -18);
    pen.quadraticCurveTo(side * 34, -34, side * 52, -17);
    pen.stroke();
    fill('rgba(120, 60, 45, 0.75)', () => oval(side * 7, 27, 4, 2.6));
  }
  pen.strokeStyle = 'rgba(150, 90, 65, 0.55)';
  pen.lineWidth = 2.5;
  pen.beginPath();
  pen.moveTo(-7, -16);
  pen.quadraticCurveTo(-9, 10, -13, 22);
  pen.quadraticCurveTo(0, 34, 13, 22);
  pen.stroke();
  fill('#b9585a', () => {
    pen.moveTo(-27, 54);
    pen.bezierCurveTo(-14, 45, -7, 43, 0, 46);
    pen.bezierCurveTo(7, 43, 14, 45, 27, 54);
    pen.bezierCurveTo(14, 57, -14, 57, -27, 54);
  });
  fill('#cc6c6b', () => {
    pen.moveTo(-27, 54);
    pen.bezierCurveTo(-14, 57, 14, 57, 27, 54);
    pen.bezierCurveTo(16, 70, -16, 70, -27, 54);
  });
  pen.strokeStyle = '#5c2226';
  pen.lineWidth = 1.8;
  pen.beginPath();
  pen.moveTo(-27, 54);
  pen.bezierCurveTo(-14, 57, 14, 57, 27, 54);
  pen.stroke();
}
