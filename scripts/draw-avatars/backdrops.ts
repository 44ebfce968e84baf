/** Rooms behind the avatars: out of focus, calm in the middle, so that a face stands out. */
import { BACKGROUND_PX } from './avatar-drawing.ts';
import { blendHex, type Painter, withAlpha } from './brush.ts';
import { randomFrom } from './curves.ts';

const { width: W, height: H } = BACKGROUND_PX;

interface BokehRoom {
  top: string;
  bottom: string;
  glow: string;
  cool: string;
  accents: readonly string[];
  seed: number;
}

/** A studio by a window: wall, a lit shelf and plants far out of focus, discs of light. */
export function softBokehRoom(p: Painter, room: BokehRoom): void {
  const { ctx } = p;
  const wall = ctx.createLinearGradient(0, 0, W * 0.25, H);
  wall.addColorStop(0, room.top);
  wall.addColorStop(1, room.bottom);
  ctx.fillStyle = wall;
  ctx.fillRect(0, 0, W, H);
  const random = randomFrom(room.seed);
  // Window on the left: tall panes of light.
  p.soft([0, 0, W, H], 38, { alpha: 0.8 }, (c) => {
    c.fillStyle = room.glow;
    c.fillRect(70, -40, 190, 860);
    c.fillRect(300, -40, 190, 860);
    c.fillStyle = withAlpha(room.cool, 0.55);
    c.fillRect(70, 520, 190, 300);
    c.fillRect(300, 560, 190, 260);
  });
  // Shelf on the right: boards with things on them.
  p.soft([1180, 0, 740, H], 22, { alpha: 0.75 }, (c) => {
    for (let row = 0; row < 4; row++) {
      const y = 150 + row * 250;
      c.fillStyle = blendHex(room.bottom, '#5b4238', 0.5);
      c.fillRect(1330, y, 620, 20);
      let x = 1350;
      while (x < W) {
        const w = 22 + random() * 52;
        const h = 70 + random() * 110;
        c.fillStyle = blendHex(
          random() < 0.5 ? room.cool : room.accents[Math.floor(random() * room.accents.length)],
          room.bottom,
          0.25 + 0.5 * random(),
        );
        if (random() < 0.75) c.fillRect(x, y - h, w, h);
        x += w + 6 + random() * 34;
      }
    }
  });
  p.glow([W / 2, H * 0.42], W * 0.36, H * 0.6, room.glow, { alpha: 0.6, blend: 'screen' });
  for (let i = 0; i < 34; i++) {
    const x = random() < 0.5 ? random() * 620 : W - random() * 640;
    const y = random() * H * 0.9;
    const r = 14 + random() * 46;
    const colour = room.accents[i % room.accents.length];
    p.soft([x - r, y - r, 2 * r, 2 * r], 2.5, { alpha: 0.1 + 0.2 * random(), blend: 'screen' }, (c) => {
      const g = c.createRadialGradient(x, y, r * 0.2, x, y, r);
      g.addColorStop(0, withAlpha(colour, 0.65));
      g.addColorStop(0.86, withAlpha(colour, 0.85));
      g.addColorStop(1, withAlpha(colour, 0.4));
      c.fillStyle = g;
      c.beginPath();
      c.arc(x, y, r, 0, 2 * Math.PI);
      c.fill();
    });
  }
  vignette(p, 0.3);
}

function vignette(p: Painter, alpha: number): void {
  const g = p.ctx.createRadialGradient(W / 2, H * 0.45, H * 0.45, W / 2, H * 0.5, W * 0.66);
  g.addColorStop(0, 'rgba(30,18,16,0)');
  g.addColorStop(1, `rgba(30,18,16,${alpha})`);
  p.ctx.fillStyle = g;
  p.ctx.fillRect(0, 0, W, H);
}

/** An office at dusk: flat planes of a window front, a warm lamp, city lights as discs. */
export function duskOffice(p: Painter): void {
  const { ctx } = p;
  const sky = ctx.createLinearGradient(0, 0, 0, H);
  sky.addColorStop(0, '#2c4a6b');
  sky.addColorStop(0.45, '#6f7f98');
  sky.addColorStop(0.72, '#d9a27c');
  sky.addColorStop(1, '#8a5f58');
  ctx.fillStyle = sky;
  ctx.fillRect(0, 0, W, H);
  const random = randomFrom(131);
  p.soft([0, 0, W, H], 9, { alpha: 0.8 }, (c) => {
    for (let i = 0; i < 26; i++) {
      const w = 60 + random() * 110;
      const x = (i / 26) * W - 30;
      const top = 520 + random() * 270;
      c.fillStyle = blendHex('#38506d', '#7a6674', random());
      c.fillRect(x, top, w, H - top);
    }
  });
  for (let i = 0; i < 90; i++) {
    const x = random() * W;
    const y = 560 + random() * 420;
    const r = 5 + random() * 20;
    const colour = ['#ffd08a', '#ff9f6b', '#ffe7bd', '#9fd4ff'][i % 4];
    p.soft([x - r, y - r, 2 * r, 2 * r], 1.6, { alpha: 0.12 + 0.3 * random(), blend: 'screen' }, (c) => {
      c.fillStyle = colour;
      c.beginPath();
      c.arc(x, y, r, 0, 2 * Math.PI);
      c.fill();
    });
  }
  p.soft([-60, -60, W + 120, H + 120], 7, { alpha: 0.85 }, (c) => {
    c.fillStyle = '#1e2c40';
    for (const x of [250, 700, 1190, 1650]) c.fillRect(x, -60, 26, H + 60);
    c.fillRect(-60, 910, W + 120, 24);
    c.fillStyle = '#26344a';
    c.fillRect(-60, 934, W + 120, H);
  });
  p.glow([W * 0.5, H * 0.4], W * 0.3, H * 0.62, '#ffd9ae', { alpha: 0.34, blend: 'screen' });
  p.glow([1560, 700], 420, 420, '#ffb978', { alpha: 0.4, blend: 'screen' });
  vignette(p, 0.45);
}

/** A playful room for a cartoon: two-tone wall, soft shapes, bunting of lights. */
export function candyRoom(p: Painter): void {
  const { ctx } = p;
  const wall = ctx.createLinearGradient(0, 0, W, H);
  wall.addColorStop(0, '#ffd9c7');
  wall.addColorStop(0.5, '#ffc4c9');
  wall.addColorStop(1, '#c9b7f2');
  ctx.fillStyle = wall;
  ctx.fillRect(0, 0, W, H);
  p.glow([W / 2, H * 0.44], W * 0.34, H * 0.66, '#fff3e0', { alpha: 0.85 });
  p.soft([-60, 600, W + 120, 560], 6, { alpha: 0.6 }, (c) => {
    c.fillStyle = '#b9a4ee';
    c.beginPath();
    c.ellipse(220, 1120, 620, 330, 0, 0, 2 * Math.PI);
    c.fill();
    c.fillStyle = '#ffb3a8';
    c.beginPath();
    c.ellipse(1760, 1140, 620, 360, 0, 0, 2 * Math.PI);
    c.fill();
  });
  const random = randomFrom(211);
  for (let i = 0; i < 46; i++) {
    const x = random() < 0.5 ? random() * 640 : W - random() * 640;
    const y = random() * 820;
    const r = 8 + random() * 40;
    p.soft([x - r, y - r, 2 * r, 2 * r], 2, { alpha: 0.16 + 0.3 * random() }, (c) => {
      c.fillStyle = ['#ffffff', '#fff0b8', '#bff0e6', '#e3d4ff'][i % 4];
      c.beginPath();
      c.arc(x, y, r, 0, 2 * Math.PI);
      c.fill();
    });
  }
  for (const [y0, sag] of [
    [60, 120],
    [10, 190],
  ]) {
    for (let i = 0; i <= 22; i++) {
      const t = i / 22;
      const x = t * W;
      const y = y0 + sag * 4 * t * (1 - t);
      p.glow([x, y], 46, 46, '#fff2c4', { alpha: 0.85 });
      p.glow([x, y], 13, 13, '#ffffff');
    }
  }
  vignette(p, 0.12);
}
