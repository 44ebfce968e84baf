/**
 * `npm run icons`: the program's icon, drawn, in the containers of each system (`resources/icons`). A portrait whose voice is
 * seen: head and shoulders, and beside the mouth the bars of a sound.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';

const FOLDER = new URL('../resources/icons/', import.meta.url);
/** Drawn on a field of so many units. */
const FIELD = 1024;

/** The rounded square that all is drawn in, of the field. */
const body = { x: 100, y: 100, side: 824, radius: 186 };
/** Of the field round the body: Apple's grid keeps that much free for the shadow, the others' icons fill their place. */
const AIR = { mac: 100, other: 16 } as const;

function draw(context: SKRSContext2D, sizePx: number, air: number): void {
  context.scale(sizePx / FIELD, sizePx / FIELD);
  const zoom = (FIELD - 2 * air) / body.side;
  context.translate(FIELD / 2, FIELD / 2);
  context.scale(zoom, zoom);
  context.translate(-FIELD / 2, -FIELD / 2);
  context.beginPath();
  context.roundRect(body.x, body.y, body.side, body.side, body.radius);
  const sky = context.createLinearGradient(0, body.y, 0, body.y + body.side);
  sky.addColorStop(0, '#2f3550');
  sky.addColorStop(1, '#171a26');
  context.fillStyle = sky;
  context.fill();
  context.save();
  context.clip();

  // Behind the person, the light of a stage.
  const light = context.createRadialGradient(440, 420, 40, 440, 420, 520);
  light.addColorStop(0, 'rgba(110, 132, 255, 0.55)');
  light.addColorStop(1, 'rgba(110, 132, 255, 0)');
  context.fillStyle = light;
  context.fillRect(0, 0, FIELD, FIELD);

  context.fillStyle = '#f4f1ea';
  context.beginPath();
  context.ellipse(420, 430, 150, 176, 0, 0, Math.PI * 2);
  context.fill();
  context.beginPath();
  context.ellipse(420, 960, 300, 290, 0, Math.PI, 0);
  context.fill();
  // The open mouth.
  context.fillStyle = '#f0644b';
  context.beginPath();
  context.ellipse(452, 506, 52, 34, -0.12, 0, Math.PI * 2);
  context.fill();

  // What comes out of it, the loudest bar in the middle. Small icons have room for fewer and thicker ones.
  const bars = sizePx <= 32 ? [120, 230] : [92, 190, 290, 150];
  const width = sizePx <= 32 ? 62 : 38;
  context.lineCap = 'round';
  context.lineWidth = width;
  bars.forEach((height, index) => {
    const x = 636 + index * (width + (sizePx <= 32 ? 50 : 30));
    context.strokeStyle = index % 2 === 0 ? '#ff9d6e' : '#f0644b';
    context.beginPath();
    context.moveTo(x, 506 - height / 2);
    context.lineTo(x, 506 + height / 2);
    context.stroke();
  });
  context.restore();

  context.beginPath();
  context.roundRect(body.x + 3, body.y + 3, body.side - 6, body.side - 6, body.radius - 3);
  context.strokeStyle = 'rgba(255, 255, 255, 0.10)';
  context.lineWidth = 6;
  context.stroke();
}

function png(sizePx: number, air: number = AIR.other): Buffer {
  const canvas = createCanvas(sizePx, sizePx);
  draw(canvas.getContext('2d'), sizePx, air);
  return canvas.toBuffer('image/png');
}

/** https://learn.microsoft.com/en-us/previous-versions/ms997538(v=msdn.10), with PNG images as since Windows Vista. */
function ico(sizesPx: readonly number[]): Buffer {
  const images = sizesPx.map((sizePx) => png(sizePx));
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let at = head.length;
  images.forEach((image, index) => {
    const entry = 6 + 16 * index;
    // 0 stands for 256.
    head.writeUInt8(sizesPx[index]! % 256, entry);
    head.writeUInt8(sizesPx[index]! % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(image.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += image.length;
  });
  return Buffer.concat([head, ...images]);
}

/** https://en.wikipedia.org/wiki/Apple_Icon_Image_format: PNG images under the types that take them. */
function icns(kinds: readonly [type: string, sizePx: number][]): Buffer {
  const chunks = kinds.map(([type, sizePx]) => {
    const image = png(sizePx, AIR.mac);
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + image.length, 4);
    return Buffer.concat([head, image]);
  });
  const body = Buffer.concat(chunks);
  const head = Buffer.alloc(8);
  head.write('icns', 'latin1');
  head.writeUInt32BE(8 + body.length, 4);
  return Buffer.concat([head, body]);
}

mkdirSync(new URL('linux/', FOLDER), { recursive: true });
const write = (name: string, bytes: Buffer): void => {
  const path = new URL(name, FOLDER);
  writeFileSync(path, bytes);
  console.log(`${fileURLToPath(path)}  ${bytes.length} bytes`);
};
write('icon.png', png(512));
for (const size of [16, 32, 48, 64, 128, 256, 512]) write(`linux/${size}x${size}.png`, png(size));
write('tray.png', png(16));
write('tray@2x.png', png(32));
write('icon.ico', ico([16, 24, 32, 48, 64, 128, 256]));
write(
  'icon.icns',
  icns([
    ['icp4', 16],
    ['icp5', 32],
    ['icp6', 64],
    ['ic07', 128],
    ['ic08', 256],
    ['ic09', 512],
    ['ic10', 1024],
  ]),
);
