/** Lin: a livestream host around 28, painterly, in a light blazer. */
import type { Path2D } from '@napi-rs/canvas';
import type { AvatarDrawing } from './avatar-drawing.ts';
import { softBokehRoom } from './backdrops.ts';
import { type Painter, pathOf, taperedPath } from './brush.ts';
import { paintCloth, paintNeck } from './clothes.ts';
import { mirrored, type Pt, pts, randomFrom, smoothCurve } from './curves.ts';
import { curvesOf, type FaceDesign } from './face-design.ts';
import { type HairColours, lock, paintFlyaways, paintLock } from './hair.ts';
import { type BrowLook, type EyeLook, paintBrow, paintEye } from './paint-eyes.ts';
import { type LipLook, paintLips, paintSkin, type Sculpt, type SkinLook } from './paint-face.ts';
import type { Lighting, Material } from './relief.ts';

const CX = 640;

const face: FaceDesign = {
  cx: CX,
  outline: pts('640,230 716,241 778,286 814,362 823,450 819,530 806,602 780,664 738,715 688,749 640,760'),
  foreheadY: 286,
  middle: [640, 500],
  eye: {
    centre: [735, 458],
    upper: pts('-49,12 -42,1 -26,-14 -4,-21 18,-19.5 37,-10 51,1'),
    lower: pts('-49,12 -37,15.5 -16,20 4,21.8 25,18.5 42,9.5 51,1'),
    iris: { dx: -1, dy: 0.2, radius: 22.3 },
  },
  brow: {
    upper: pts('678,398 708,391 742,386 775,389 804,405'),
    lower: pts('680,412 710,405.5 743,400 775,399 804,405'),
  },
  lips: {
    y: 648,
    outerUpper: pts('0,-15 8,-17.5 16,-19 32,-16.5 52,-13.6 72,-10.5'),
    outerLower: pts('0,28 18,27 36,21 55,7.6 72,-10.5'),
    seam: pts('0,4 11,2.8 26,2.6 50,-2.6 72,-10.5'),
    seamHeight: 1.2,
  },
  nose: { bridgeY: 470, tipY: 576, baseY: 603, wing: [679, 586] },
  cheek: [752, 580],
};

const light: Lighting = {
  ambient: 0.25,
  key: { from: [-0.5, -0.55, 0.72], strength: 0.6, wrap: 0.34 },
  fill: { from: [0.7, 0.15, 0.7], strength: 0.14 },
  rim: { from: [0.9, -0.3, 0.12], strength: 0.5, colour: '#ffe6d2' },
};

const skin: Material = {
  ramp: [
    [0, '#5e2f2a'],
    [0.3, '#a4604f'],
    [0.5, '#d6957f'],
    [0.66, '#ecbca5'],
    [0.82, '#f8d9c7'],
    [1, '#fff0e6'],
  ],
  gloss: { power: 16, strength: 0.1, colour: '#fff4ea' },
  cavity: 0.16,
};

const sculpt: Sculpt = {
  depth: 150,
  browRidge: 4,
  socket: 17,
  eyeball: 12,
  bridge: 21,
  tip: 12,
  wings: 11,
  cheeks: 5,
  hollows: 3,
  chin: 8,
  muzzle: 9,
  lips: 4,
  ridge: 20,
};

const skinLook: SkinLook = {
  material: skin,
  blush: '#f2a99a',
  blushAlpha: 0.27,
  shadow: '#93513f',
  lightSpot: '#fff3e6',
  noseShadow: 0.85,
};

const eyes: EyeLook = {
  white: '#fbf6f1',
  whiteShade: '#cdb6ab',
  iris: { rim: '#20110d', body: '#4a2a1c', glow: '#b4713f', fibre: '#8a5632', pupil: '#0d0706', pupilShare: 0.42 },
  lash: '#21130f',
  lashWeight: 6,
  lashLength: 10,
  lashCount: 20,
  lowerLashes: 0,
  fold: { height: 13, colour: '#8c5142', alpha: 0.62, width: 2.6 },
  lidShade: { colour: '#cf9580', alpha: 0.55 },
  waterline: '#f0c2b3',
  corner: '#d9938a',
  catchLight: 1.05,
  shadow: { colour: '#8a6a62', alpha: 0.62, depth: 8 },
};

const brows: BrowLook = { colour: '#6b4a3a', dark: '#452d23', base: 0.5, strands: 320, width: 1.15 };

const lips: LipLook = {
  upper: '#cf6d6c',
  upperShade: '#ae4e55',
  lower: '#dc8480',
  lowerLight: '#f2b3a9',
  seam: '#7c2f37',
  seamAlpha: 0.6,
  gloss: 0.55,
  edgeBlur: 1.2,
  underShade: '#d6957f',
  underAlpha: 0.6,
};

const hair: HairColours = { deep: '#140b09', body: '#34201a', light: '#64402f', shine: '#e0b08a' };

function paintBackHair(p: Painter): void {
  const left: Pt[] = pts('600,120 486,180 420,320 404,520 386,700 384,830 420,940');
  const right: Pt[] = pts('680,120 796,180 860,320 878,520 894,700 896,830 860,940');
  p.soft([380, 110, 520, 830], 5, {}, (c) => {
    c.fillStyle = '#190e0b';
    c.fill(pathOf([...smoothCurve(left), ...smoothCurve(right).reverse()]));
  });
  const back = {
    strands: 360,
    shine: { at: 0.75, spread: 0.1, strength: 0.25, slope: 0 },
    contrast: 0.55,
    base: false,
  };
  paintLock(p, lock(left, pts('600,120 560,300 530,600 520,950'), 11, back), hair);
  paintLock(p, lock(pts('680,120 720,300 750,600 760,950'), right, 12, back), hair);
}

const curtainLeft = {
  outer: pts('584,88 536,98 482,128 440,184 412,264 400,360 398,470 380,580 348,680 342,770 372,850 378,926 424,992'),
  inner: pts('574,258 548,274 510,312 476,366 454,436 450,520 464,600 456,680 438,760 462,840 478,920 470,962'),
};
const curtainRight = {
  inner: pts('574,258 606,238 672,236 742,266 794,330 822,414 832,510 820,600 824,690 842,770 818,850 800,930 808,960'),
  outer: pts('584,88 668,78 754,98 822,156 864,246 882,356 888,480 904,590 936,690 940,780 908,860 904,932 858,996'),
};

function paintFrontHair(p: Painter, facePath: Path2D): void {
  // Shade the hair throws on the forehead and cheeks, then on the shoulders.
  p.soft([430, 190, 420, 620], 10, { alpha: 0.62, blend: 'multiply', inside: facePath }, (c) => {
    c.strokeStyle = '#b0705a';
    c.lineWidth = 30;
    for (const line of [curtainLeft.inner, curtainRight.inner]) {
      c.beginPath();
      for (const [x, y] of smoothCurve(line).slice(0, 130)) c.lineTo(x, y);
      c.stroke();
    }
  });
  p.soft([340, 800, 600, 180], 12, { alpha: 0.5, blend: 'source-atop' }, (c) => {
    c.fillStyle = '#5d463b';
    c.fill(pathOf(pts('366,830 476,810 490,960 456,1010 392,930')));
    c.fill(pathOf(pts('804,810 920,830 902,930 846,1014 800,966')));
  });
  const look = { strands: 1100, clumps: 30, clumping: 0.5, width: 2.5, contrast: 1, ragged: 0.13, wobble: 5 };
  paintLock(
    p,
    lock(curtainLeft.outer, curtainLeft.inner, 21, {
      ...look,
      lightAt: 0.5,
      shine: { at: 0.2, spread: 0.075, strength: 1.1, slope: 0.08 },
    }),
    hair,
  );
  paintLock(
    p,
    lock(curtainRight.inner, curtainRight.outer, 22, {
      ...look,
      lightAt: 0.42,
      shine: { at: 0.21, spread: 0.075, strength: 0.8, slope: -0.06 },
    }),
    hair,
  );
  // A second, softer light where the lengths bend.
  const lower = { ...look, strands: 240, base: false, alpha: 0.5 };
  paintLock(
    p,
    lock(curtainLeft.outer, curtainLeft.inner, 23, {
      ...lower,
      lightAt: 0.5,
      shine: { at: 0.74, spread: 0.1, strength: 0.7, slope: 0 },
    }),
    hair,
  );
  paintLock(
    p,
    lock(curtainRight.inner, curtainRight.outer, 24, {
      ...lower,
      lightAt: 0.5,
      shine: { at: 0.74, spread: 0.1, strength: 0.6, slope: 0 },
    }),
    hair,
  );
  // Locks that fall closer to the face.
  const thin = {
    strands: 70,
    clumps: 4,
    clumping: 0.8,
    width: 2.2,
    base: false,
    ragged: 0.3,
    wobble: 5,
    shine: { at: 0.3, spread: 0.1, strength: 0.8, slope: 0 },
  };
  paintLock(
    p,
    lock(
      pts('568,250 516,296 466,376 446,480 456,600 436,740'),
      pts('574,262 532,296 480,370 452,480 468,600 452,752'),
      31,
      thin,
    ),
    hair,
  );
  paintLock(
    p,
    lock(
      pts('580,254 690,232 782,310 824,440 820,590 838,740'),
      pts('600,236 730,240 806,330 838,460 832,600 850,750'),
      32,
      thin,
    ),
    hair,
  );
  // Light fringe at the temples and shade at the roots along the parting.
  const fringe = {
    strands: 34,
    clumps: 5,
    clumping: 0.9,
    width: 1.9,
    base: false,
    ragged: 0.5,
    wobble: 6,
    shine: { at: 0.4, spread: 0.1, strength: 0.9, slope: 0 },
  };
  paintLock(
    p,
    lock(pts('566,256 520,296 478,360 460,430 458,520'), pts('576,264 540,292 494,350 464,420 462,540'), 33, fringe),
    hair,
  );
  paintLock(
    p,
    lock(pts('576,262 650,244 752,296 810,400 818,520'), pts('590,246 690,238 778,310 818,410 828,530'), 34, fringe),
    hair,
  );
  p.soft([530, 80, 100, 190], 8, { alpha: 0.6, blend: 'source-atop' }, (c) => {
    c.fillStyle = hair.deep;
    c.fill(taperedPath(pts('584,86 574,160 574,262'), (t) => 7 + 14 * t * t));
  });
  p.glow([510, 172], 90, 46, hair.shine, { alpha: 0.3, blend: 'source-atop', angle: -0.75 });
  p.glow([760, 168], 90, 40, hair.shine, { alpha: 0.18, blend: 'source-atop', angle: 0.7 });
  const random = randomFrom(5);
  const stray: Pt[][] = [];
  for (let i = 0; i < 40; i++) {
    const side = i % 2 ? 1 : -1;
    const out = random() * 10;
    const from = random() * 40;
    stray.push([
      [CX - 40 + side * from, 84 + from * 0.1 - out * 0.3],
      [CX - 2 + side * 140, 112 - out],
      [CX + side * (190 + out), 168 + random() * 10],
      [CX + side * (227 + out), 260],
      [CX + side * (241 + out), 370],
      [CX + side * (246 + out * 1.6), 450 + 120 * random()],
    ]);
  }
  paintFlyaways(p, stray, '#4a2e22', 0.4, 1.3);
}

function paintClothes(p: Painter): void {
  const ivory: Material = {
    ramp: [
      [0, '#4e4341'],
      [0.35, '#94857e'],
      [0.6, '#c9bbb1'],
      [0.8, '#e6dbd1'],
      [1, '#fffaf3'],
    ],
    gloss: { power: 10, strength: 0.03, colour: '#ffffff' },
    cavity: 0.35,
  };
  const silk: Material = {
    ramp: [
      [0, '#0f2e33'],
      [0.4, '#23575c'],
      [0.65, '#3d7f80'],
      [0.85, '#6aa9a4'],
      [1, '#b9dcd3'],
    ],
    gloss: { power: 12, strength: 0.3, colour: '#e8fff8' },
    cavity: 0.35,
  };
  paintCloth(p, {
    outline: pts('556,880 596,970 640,1032 684,970 724,880 800,1000 760,1290 520,1290 480,1000'),
    light,
    material: silk,
    rounding: 9,
    bulge: 22,
    folds: [
      {
        line: pts('566,950 610,1060 652,1150'),
        width: 34,
        depth: 9,
      },
      {
        line: pts('716,950 676,1070 630,1180'),
        width: 36,
        depth: 9,
      },
      {
        line: pts('560,1030 610,1150 660,1260'),
        width: 32,
        depth: 8,
      },
      {
        line: pts('720,1040 680,1160 640,1280'),
        width: 32,
        depth: 8,
      },
    ],
    weave: 0,
    raise: 34,
    dropShadow: 0.4,
  });
  const jacket = (s: 1 | -1): Pt[] => {
    const half: Pt[] = pts(
      '722,862 800,900 900,940 1000,984 1068,1044 1106,1150 1128,1290 660,1290 690,1200 742,1060 742,950',
    );
    return s === 1 ? half : mirrored(half, CX);
  };
  const lapel = (s: 1 | -1): Pt[] => {
    const half: Pt[] = pts(
      '722,864 752,886 800,960 846,1010 812,1034 836,1052 760,1200 676,1290 664,1280 722,1120 738,1000',
    );
    return s === 1 ? half : mirrored(half, CX);
  };
  for (const s of [-1, 1] as const) {
    paintCloth(p, {
      outline: jacket(s),
      smooth: true,
      light,
      material: ivory,
      rounding: 30,
      bulge: 46,
      weave: 0.5,
      raise: 34,
      folds: [
        {
          line: [
            [CX + s * 292, 975],
            [CX + s * 322, 1090],
            [CX + s * 318, 1290],
          ],
          width: 15,
          depth: -9,
        },
        {
          line: [
            [CX + s * 330, 1030],
            [CX + s * 290, 1130],
            [CX + s * 230, 1230],
          ],
          width: 46,
          depth: 7,
        },
        {
          line: [
            [CX + s * 420, 1080],
            [CX + s * 380, 1190],
            [CX + s * 372, 1290],
          ],
          width: 44,
          depth: 8,
        },
        {
          line: [
            [CX + s * 170, 930],
            [CX + s * 230, 1010],
            [CX + s * 262, 1110],
          ],
          width: 50,
          depth: 6,
        },
      ],
    });
  }
  for (const s of [-1, 1] as const) {
    paintCloth(p, {
      outline: lapel(s),
      light,
      material: ivory,
      rounding: 7,
      bulge: 20,
      weave: 0.5,
      raise: 34,
      folds: [],
      dropShadow: 0.45,
    });
  }
}

/** A fine gold chain with a small pearl. */
function paintNecklace(p: Painter): void {
  const chain = smoothCurve(pts('566,838 592,898 640,940 688,898 714,838'));
  p.soft([550, 820, 180, 140], 2.2, { alpha: 0.45, blend: 'multiply' }, (c) => {
    c.fillStyle = '#8d4a3a';
    c.fill(
      taperedPath(
        chain.map(([x, y]): Pt => [x + 2, y + 4]),
        () => 3,
      ),
    );
  });
  p.paint(
    taperedPath(chain, () => 2),
    '#c9974f',
  );
  p.paint(
    taperedPath(
      chain.map(([x, y]): Pt => [x - 0.3, y - 0.5]),
      () => 0.8,
    ),
    '#fff0c4',
  );
  const { ctx } = p;
  const g = ctx.createRadialGradient(637, 943, 1, 640, 947, 9);
  g.addColorStop(0, '#ffffff');
  g.addColorStop(0.5, '#f4e6dc');
  g.addColorStop(1, '#b8998a');
  ctx.fillStyle = g;
  ctx.beginPath();
  ctx.arc(640, 947, 8, 0, 2 * Math.PI);
  ctx.fill();
}

export const lin: AvatarDrawing = {
  meta: {
    id: 'lin',
    name: { en: 'Lin', 'zh-CN': '小林' },
    description: {
      en: 'A warm, elegant livestream host in a light blazer.',
      'zh-CN': '温婉大方的直播主持人，浅色西装。',
    },
    gender: 'female',
    style: 'painterly',
    voice: { gender: 'female', rate: 1, pitch: 1.05 },
  },
  face,
  paint(p) {
    const curves = curvesOf(face);
    paintBackHair(p);
    paintNeck(p, {
      cx: CX,
      top: 660,
      halfWidth: 78,
      base: 874,
      shoulder: 250,
      light,
      material: skin,
      shadow: '#8d4a3a',
      chinY: 760,
      collarbones: 0.5,
    });
    paintClothes(p);
    paintNecklace(p);
    const path = paintSkin(p, face, curves, sculpt, light, skinLook);
    for (const side of ['left', 'right'] as const) {
      paintEye(p, curves.eyes[side], eyes, side === 'left' ? 41 : 42);
      paintBrow(p, curves.brows[side], side, brows, side === 'left' ? 51 : 52);
    }
    paintLips(p, face, curves, lips);
    paintFrontHair(p, path);
  },
  paintBackground(p) {
    softBokehRoom(p, {
      top: '#b7c6c8',
      bottom: '#6f8389',
      glow: '#e9f2ef',
      seed: 71,
      accents: ['#ffdcae', '#ffc69a', '#fff0d2'],
      cool: '#8fb0b4',
    });
  },
};
