/** Mika: a cartoon streamer with cat-ear headphones, modelled like a vinyl toy. */
import type { Path2D } from '@napi-rs/canvas';
import type { AvatarDrawing } from './avatar-drawing.ts';
import { candyRoom } from './backdrops.ts';
import { type Painter, pathOf, taperedPath } from './brush.ts';
import { paintCloth, paintNeck } from './clothes.ts';
import { mirrored, type Pt, pts, smoothCurve } from './curves.ts';
import { curvesOf, type FaceDesign } from './face-design.ts';
import { type HairColours, lock, paintLock } from './hair.ts';
import { type BrowLook, type EyeLook, paintBrow, paintEye } from './paint-eyes.ts';
import { type LipLook, paintLips, paintSkin, type Sculpt, type SkinLook } from './paint-face.ts';
import type { Lighting, Material } from './relief.ts';

const CX = 640;

const face: FaceDesign = {
  cx: CX,
  outline: pts('640,268 730,280 806,326 850,400 864,486 854,574 820,652 764,714 702,752 640,764'),
  foreheadY: 350,
  middle: [640, 520],
  eye: {
    centre: [744, 520],
    upper: pts('-58,18 -50,-8 -32,-33 -4,-47 24,-43 47,-22 60,6'),
    lower: pts('-58,18 -44,33 -22,44 2,47.5 28,42 48,26 60,6'),
    iris: { dx: -1, dy: 0.5, radius: 44 },
  },
  brow: {
    upper: pts('686,430 712,420 742,417 772,423 796,440'),
    lower: pts('688,440 713,432 742,428 772,432 796,440'),
  },
  lips: {
    y: 675,
    outerUpper: pts('0,-8 6,-10 12,-10.6 24,-9 38,-7.5 52,-7.5'),
    outerLower: pts('0,17 14,16.2 28,11.5 42,2.5 52,-7.5'),
    seam: pts('0,3 10,2.5 22,1.2 38,-3 52,-7.5'),
    seamHeight: 1.2,
  },
  nose: { bridgeY: 545, tipY: 612, baseY: 628, wing: [658, 617] },
  cheek: [772, 628],
};

const light: Lighting = {
  ambient: 0.34,
  key: { from: [-0.4, -0.6, 0.75], strength: 0.52, wrap: 0.4 },
  fill: { from: [0.7, 0.3, 0.6], strength: 0.12 },
  rim: { from: [0.9, -0.2, 0.1], strength: 0.7, colour: '#e8d4ff' },
};

const skin: Material = {
  ramp: [
    [0, '#b0607a'],
    [0.35, '#dd9390'],
    [0.6, '#f7c2ac'],
    [0.8, '#ffdcc8'],
    [1, '#fff2e6'],
  ],
  gloss: { power: 14, strength: 0.1, colour: '#ffffff' },
  cavity: 0.14,
};

const sculpt: Sculpt = {
  depth: 150,
  browRidge: 0,
  socket: 9,
  eyeball: 6,
  bridge: 8,
  tip: 12,
  wings: 4,
  cheeks: 8,
  hollows: 0,
  chin: 6,
  muzzle: 7,
  lips: 3,
  ridge: 16,
};

const skinLook: SkinLook = {
  material: skin,
  blush: '#ff9c9c',
  blushAlpha: 0.42,
  shadow: '#b8605c',
  lightSpot: '#fff6ec',
  noseShadow: 0.7,
};

const eyes: EyeLook = {
  white: '#ffffff',
  whiteShade: '#d5cbe4',
  iris: { rim: '#0f3d5c', body: '#1d8a9c', glow: '#8df5dc', fibre: '#5fd3cf', pupil: '#072238', pupilShare: 0.44 },
  lash: '#33214f',
  lashWeight: 11,
  lashLength: 22,
  lashCount: 6,
  lowerLashes: 0,
  fold: { height: 15, colour: '#b5677a', alpha: 0.6, width: 3.4 },
  lidShade: { colour: '#f0a9a0', alpha: 0.5 },
  waterline: '#f4c8c8',
  corner: '#f0b4b8',
  catchLight: 1.2,
  shadow: { colour: '#7b74b0', alpha: 0.6, depth: 15 },
};

const brows: BrowLook = { colour: '#6b4d9c', dark: '#523a80', base: 0.9, strands: 120, width: 1.6 };

const lips: LipLook = {
  upper: '#f0807f',
  upperShade: '#d9636b',
  lower: '#f68f8a',
  lowerLight: '#ffc0b4',
  seam: '#a83e52',
  seamAlpha: 0.6,
  gloss: 0.5,
  edgeBlur: 1,
  underShade: '#eea592',
  underAlpha: 0.5,
};

const hair: HairColours = { deep: '#4b3588', body: '#7a5cc4', light: '#b09bf0', shine: '#f3e6ff' };

const broad = { width: 9, clumping: 0.85, wobble: 3, ragged: 0.1, contrast: 0.95, alpha: 1 };

function paintBackHair(p: Painter): void {
  const half: Pt[] = pts('640,124 744,136 838,204 898,316 922,450 934,600 926,720 884,812 800,850 640,856');
  p.soft([340, 100, 600, 760], 2, {}, (c) => {
    c.fillStyle = '#43307a';
    c.fill(pathOf(smoothCurve([...half, ...mirrored(half.slice(1, -1), CX)], true)));
  });
  const back = {
    ...broad,
    strands: 90,
    clumps: 9,
    contrast: 0.5,
    base: false,
    shine: { at: 0.7, spread: 0.1, strength: 0.3, slope: 0 },
  };
  paintLock(p, lock(pts('500,500 470,640 480,760 560,862'), pts('640,500 640,640 640,760 620,866'), 101, back), hair);
  paintLock(p, lock(pts('640,500 640,640 640,760 660,866'), pts('780,500 810,640 800,760 720,862'), 102, back), hair);
}

function paintFrontHair(p: Painter, facePath: Path2D): void {
  p.soft([420, 260, 440, 240], 9, { alpha: 0.5, blend: 'multiply', inside: facePath }, (c) => {
    c.fillStyle = '#d98a98';
    c.fill(pathOf(pts('400,200 880,200 880,520 846,440 800,424 720,420 640,412 560,420 480,424 434,440 400,520')));
  });
  // Sides of the bob, curling in under the jaw.
  for (const s of [-1, 1] as const) {
    const put = (points: readonly Pt[]): Pt[] => points.map(([x, y]): Pt => [CX + s * x, y]);
    const outer = put(pts('30,116 140,134 222,204 276,316 302,450 308,600 298,720 252,800 190,836'));
    const inner = put(pts('60,250 150,290 196,360 216,450 218,560 222,650 216,730 198,790 176,830'));
    paintLock(
      p,
      lock(outer, inner, 110 + s, {
        ...broad,
        strands: 300,
        clumps: 13,
        lightAt: s < 0 ? 0.5 : 0.3,
        shine: { at: 0.27, spread: 0.06, strength: s < 0 ? 1.6 : 1.2, slope: 0.1 },
      }),
      hair,
    );
  }
  // Fringe: pointed locks from the crown to just above the brows.
  const tips: [number, number, number][] = [
    [434, 486, 74],
    [480, 422, 72],
    [530, 410, 78],
    [574, 416, 64],
    [614, 396, 80],
    [664, 412, 72],
    [708, 400, 76],
    [752, 414, 68],
    [800, 420, 72],
    [846, 482, 74],
  ];
  const order = [0, 9, 1, 8, 3, 5, 7, 2, 6, 4];
  for (const i of order) {
    const [tx, ty, w] = tips[i];
    const lean = (tx - CX) / 200;
    const root: Pt = [628 + lean * 46, 120 + Math.abs(lean) * 10];
    const from: Pt[] = [
      [root[0] - 14, root[1]],
      [root[0] - w * 0.45 + lean * 70, 190],
      [tx - w * 0.58 + lean * 8, 300],
      [tx - w * 0.4, ty - 44],
      [tx - 4, ty],
    ];
    const to: Pt[] = [
      [root[0] + 14, root[1]],
      [root[0] + w * 0.45 + lean * 70, 190],
      [tx + w * 0.58 + lean * 8, 300],
      [tx + w * 0.4, ty - 44],
      [tx + 4, ty],
    ];
    p.soft([tx - w, 120, 2 * w, ty - 110], 5, { alpha: 0.5, blend: 'source-atop' }, (c) => {
      c.translate(3, 6);
      c.fillStyle = '#2f2260';
      c.fill(pathOf([...smoothCurve(from), ...smoothCurve(to).reverse()]));
    });
    paintLock(
      p,
      lock(from, to, 120 + i, {
        ...broad,
        strands: 170,
        clumps: 5,
        width: 6,
        clumping: 0.6,
        ragged: 0.07,
        lightAt: 0.4,
        shine: { at: 0.46, spread: 0.1, strength: 1.9, slope: 0 },
      }),
      hair,
    );
  }
}

function paintHeadphones(p: Painter): void {
  const plastic: Material = {
    ramp: [
      [0, '#8c5a78'],
      [0.35, '#d79cae'],
      [0.6, '#f7cfd2'],
      [0.82, '#fff0ea'],
      [1, '#ffffff'],
    ],
    gloss: { power: 26, strength: 0.5, colour: '#ffffff' },
    cavity: 0.3,
  };
  const mint: Material = {
    ramp: [
      [0, '#1f6b74'],
      [0.4, '#49b3ae'],
      [0.7, '#8fe3d2'],
      [1, '#e2fff4'],
    ],
    gloss: { power: 26, strength: 0.5, colour: '#ffffff' },
    cavity: 0.3,
  };
  const bits = { light, folds: [], weave: 0 };
  for (const s of [-1, 1] as const) {
    const put = (points: readonly Pt[]): Pt[] => points.map(([x, y]): Pt => [CX + s * x, y]);
    paintCloth(p, {
      ...bits,
      outline: put(pts('96,132 110,84 142,36 158,30 172,44 202,100 222,172 160,150')),
      smooth: true,
      material: plastic,
      rounding: 16,
      bulge: 40,
    });
    paintCloth(p, {
      ...bits,
      outline: put(pts('126,126 134,92 152,60 164,66 186,108 196,146 160,138')),
      smooth: true,
      material: mint,
      rounding: 9,
      bulge: -18,
    });
  }
  const band = smoothCurve(pts('350,500 352,380 396,250 490,150 640,108 790,150 884,250 928,380 930,500'));
  paintCloth(p, {
    ...bits,
    outline: [...taperedOutline(band, 40)],
    material: plastic,
    rounding: 13,
    bulge: 26,
    dropShadow: 0.35,
  });
  for (const s of [-1, 1] as const) {
    const ellipse = (cx: number, rx: number, ry: number): Pt[] =>
      Array.from(
        { length: 40 },
        (_, i): Pt => [CX + s * (cx + rx * Math.cos((i * Math.PI) / 20)), 540 + ry * Math.sin((i * Math.PI) / 20)],
      );
    paintCloth(p, { ...bits, outline: ellipse(256, 40, 98), material: mint, rounding: 16, bulge: 30, dropShadow: 0.4 });
    paintCloth(p, {
      ...bits,
      outline: ellipse(290, 52, 88),
      material: plastic,
      rounding: 20,
      bulge: 44,
      dropShadow: 0.35,
    });
    paintCloth(p, { ...bits, outline: ellipse(298, 24, 48), material: mint, rounding: 10, bulge: 14 });
  }
}

const taperedOutline = (line: readonly Pt[], width: number): Pt[] => {
  const side = (sign: number): Pt[] =>
    line.map(([x, y], i): Pt => {
      const a = line[Math.max(0, i - 1)];
      const b = line[Math.min(line.length - 1, i + 1)];
      const d = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
      return [x + (sign * width * (b[1] - a[1])) / d / 2, y - (sign * width * (b[0] - a[0])) / d / 2];
    });
  return [...side(1), ...side(-1).reverse()];
};

function paintClothes(p: Painter): void {
  const fleece: Material = {
    ramp: [
      [0, '#8a5a2e'],
      [0.35, '#d79a4c'],
      [0.6, '#f7c873'],
      [0.82, '#ffe1a3'],
      [1, '#fff6dc'],
    ],
    gloss: { power: 8, strength: 0.04, colour: '#ffffff' },
    cavity: 0.35,
  };
  const lining: Material = {
    ...fleece,
    ramp: [
      [0, '#7d3f4d'],
      [0.4, '#c96f77'],
      [0.7, '#f29e9b'],
      [1, '#ffd0c4'],
    ],
  };
  const bits = { light, material: fleece, weave: 0.4 };
  // Shoulders and chest.
  paintCloth(p, {
    ...bits,
    smooth: true,
    rounding: 40,
    bulge: 80,
    outline: pts(
      '640,970 540,900 500,888 400,930 300,980 226,1050 190,1160 176,1300 1104,1300 1090,1160 1054,1050 980,980 880,930 780,888 740,900',
    ),
    folds: ([-1, 1] as const).flatMap((s) => [
      {
        line: [
          [CX + s * 262, 1010],
          [CX + s * 300, 1120],
          [CX + s * 292, 1290],
        ] as Pt[],
        width: 26,
        depth: -16,
      },
      {
        line: [
          [CX + s * 290, 1090],
          [CX + s * 230, 1180],
          [CX + s * 150, 1250],
        ] as Pt[],
        width: 56,
        depth: 12,
      },
      {
        line: [
          [CX + s * 380, 1110],
          [CX + s * 350, 1200],
          [CX + s * 352, 1290],
        ] as Pt[],
        width: 50,
        depth: 12,
      },
    ]),
  });
  // Hood lying open around the neck: lining, then its two rolls.
  paintCloth(p, {
    ...bits,
    material: lining,
    outline: pts('544,846 584,896 640,914 696,896 736,846 744,930 640,1050 536,930'),
    smooth: true,
    rounding: 10,
    bulge: -20,
    folds: [],
  });
  for (const s of [-1, 1] as const) {
    const half: Pt[] = pts('70,846 112,822 178,856 206,916 176,986 100,1040 20,1072 2,1050 40,1000 74,936');
    paintCloth(p, {
      ...bits,
      smooth: true,
      rounding: 26,
      bulge: 56,
      dropShadow: 0.4,
      outline: half.map(([x, y]): Pt => [CX + s * x, y]),
      folds: [
        {
          line: [
            [CX + s * 120, 850],
            [CX + s * 150, 920],
            [CX + s * 90, 1000],
          ],
          width: 24,
          depth: 6,
        },
      ],
    });
  }
  const { ctx } = p;
  for (const s of [-1, 1] as const) {
    const string = smoothCurve([
      [CX + s * 44, 1040],
      [CX + s * 56, 1100],
      [CX + s * 50, 1180],
    ]);
    p.soft([CX - 120, 1030, 240, 190], 4, { alpha: 0.4, blend: 'multiply' }, (c) => {
      c.fillStyle = '#a86a30';
      c.fill(
        taperedPath(
          string.map(([x, y]): Pt => [x + 5, y + 6]),
          () => 12,
        ),
      );
    });
    p.paint(
      taperedPath(string, () => 11),
      '#fff6e8',
    );
    p.paint(
      taperedPath(
        string.map(([x, y]): Pt => [x + 2.6, y]),
        () => 4,
      ),
      '#e8c9a4',
    );
    ctx.fillStyle = '#49b3ae';
    ctx.fill(
      taperedPath(
        [
          [CX + s * 50, 1170],
          [CX + s * 49.5, 1180],
          [CX + s * 49, 1204],
        ],
        () => 15,
      ),
    );
  }
}

export const mika: AvatarDrawing = {
  meta: {
    id: 'mika',
    name: { en: 'Mika', 'zh-CN': '米卡' },
    description: { en: 'A cartoon streamer with cat-ear headphones.', 'zh-CN': '戴猫耳耳机的卡通主播。' },
    gender: 'female',
    style: 'cartoon',
    voice: { gender: 'female', rate: 1.06, pitch: 1.25 },
  },
  face,
  paint(p) {
    const curves = curvesOf(face);
    paintBackHair(p);
    paintNeck(p, {
      cx: CX,
      top: 690,
      halfWidth: 62,
      base: 900,
      shoulder: 120,
      light,
      material: skin,
      shadow: '#c9717a',
      chinY: 764,
      collarbones: 0.3,
    });
    paintClothes(p);
    const path = paintSkin(p, face, curves, sculpt, light, skinLook);
    for (const side of ['left', 'right'] as const) {
      paintEye(p, curves.eyes[side], eyes, side === 'left' ? 141 : 142);
      paintBrow(p, curves.brows[side], side, brows, side === 'left' ? 151 : 152);
    }
    paintLips(p, face, curves, lips);
    paintFrontHair(p, path);
    paintHeadphones(p);
  },
  paintBackground: candyRoom,
};
