/** Chen: a host around 35 in the flat, stepped light of a printed poster; knit over a shirt. */
import type { Path2D } from '@napi-rs/canvas';
import type { AvatarDrawing } from './avatar-drawing.ts';
import { duskOffice } from './backdrops.ts';
import { type Painter, pathOf } from './brush.ts';
import { paintCloth, paintNeck } from './clothes.ts';
import { mirrored, type Pt, pts, smoothCurve } from './curves.ts';
import { curvesOf, type FaceDesign } from './face-design.ts';
import { type HairColours, lock, paintFlyaways, paintLock } from './hair.ts';
import { type BrowLook, type EyeLook, paintBrow, paintEye } from './paint-eyes.ts';
import { type LipLook, paintEar, paintLips, paintSkin, type Sculpt, type SkinLook } from './paint-face.ts';
import type { Lighting, Material } from './relief.ts';

const CX = 640;

const face: FaceDesign = {
  cx: CX,
  outline: pts('640,240 716,248 782,286 819,362 829,446 826,530 818,604 799,662 760,717 704,756 640,769'),
  foreheadY: 300,
  middle: [640, 508],
  eye: {
    centre: [733, 462],
    upper: pts('-48,9 -40,-1 -23,-13.5 -1,-18.8 20,-17 38,-9 51,2'),
    lower: pts('-48,9 -35,13.5 -15,18.6 4,19.8 24,16.6 41,9 51,2'),
    iris: { dx: -1, dy: 0, radius: 19.8 },
  },
  brow: {
    upper: pts('674,402 704,394 742,389 780,393 811,413'),
    lower: pts('675,420 706,413.5 743,408 780,407 811,413'),
  },
  lips: {
    y: 665,
    outerUpper: pts('0,-11 9,-13.5 18,-14.5 36,-11.5 56,-9.6 76,-8.5'),
    outerLower: pts('0,25 20,24 40,18 60,6 76,-8.5'),
    seam: pts('0,3 12,1.8 28,2 54,-1.8 76,-8.5'),
    seamHeight: 1.2,
  },
  nose: { bridgeY: 470, tipY: 584, baseY: 611, wing: [686, 594] },
  cheek: [756, 586],
};

const light: Lighting = {
  ambient: 0.17,
  key: { from: [-0.62, -0.5, 0.66], strength: 0.7, wrap: 0.3 },
  fill: { from: [0.75, 0.2, 0.6], strength: 0.12 },
  rim: { from: [0.95, -0.15, 0.1], strength: 1.1, colour: '#ffb37a' },
};

const skin: Material = {
  ramp: [
    [0, '#4a2119'],
    [0.3, '#7d4230'],
    [0.5, '#ab6a4b'],
    [0.68, '#cf926c'],
    [0.84, '#e5b38d'],
    [1, '#f6d3b1'],
  ],
  gloss: { power: 18, strength: 0.1, colour: '#ffe9d0' },
  cavity: 0.2,
  bands: { count: 6, softness: 0.58, share: 0.82 },
};

const sculpt: Sculpt = {
  depth: 165,
  browRidge: 9,
  socket: 20,
  eyeball: 12,
  bridge: 27,
  tip: 14,
  wings: 13,
  cheeks: 7,
  hollows: 7,
  chin: 11,
  muzzle: 9,
  lips: 4,
  ridge: 21,
};

const skinLook: SkinLook = {
  material: skin,
  blush: '#e39372',
  blushAlpha: 0.26,
  shadow: '#6d3423',
  lightSpot: '#ffe2c0',
  noseShadow: 0.95,
};

const eyes: EyeLook = {
  white: '#f7f0e8',
  whiteShade: '#bfa492',
  iris: { rim: '#160d0a', body: '#3b2417', glow: '#8c5a34', fibre: '#6f482c', pupil: '#0a0605', pupilShare: 0.42 },
  lash: '#1b110d',
  lashWeight: 5.6,
  lashLength: 5,
  lashCount: 10,
  lowerLashes: 0,
  fold: { height: 11, colour: '#6d3625', alpha: 0.62, width: 2.6 },
  lidShade: { colour: '#b57c5c', alpha: 0.5 },
  waterline: '#d9a489',
  corner: '#c07c66',
  catchLight: 0.95,
  shadow: { colour: '#7a5a4a', alpha: 0.65, depth: 7 },
};

const brows: BrowLook = { colour: '#2b1b14', dark: '#1b100c', base: 0.72, strands: 330, width: 1.7 };

const lips: LipLook = {
  upper: '#a8604d',
  upperShade: '#86443a',
  lower: '#b9715d',
  lowerLight: '#d69a80',
  seam: '#5c2822',
  seamAlpha: 0.6,
  gloss: 0.18,
  edgeBlur: 1.4,
  underShade: '#b97a5a',
  underAlpha: 0.6,
};

const hair: HairColours = { deep: '#0b090b', body: '#1b1718', light: '#3d3535', shine: '#85766f' };

function paintHair(p: Painter, facePath: Path2D): void {
  const cap: Pt[] = pts(
    '448,452 437,380 440,290 468,200 530,136 620,108 710,112 784,152 826,226 842,310 843,390 833,452 822,410 806,350 780,306 744,270 700,252 640,254 570,258 516,280 490,318 472,370 458,416',
  );
  const capPath = pathOf(smoothCurve(cap, true));
  p.soft([430, 90, 420, 370], 2.5, {}, (c) => {
    c.fillStyle = hair.deep;
    c.fill(capPath);
  });
  // Clipped sides: short, fine, fading into the skin.
  const side = {
    strands: 420,
    width: 2.2,
    clumps: 60,
    clumping: 0.1,
    ragged: 0.35,
    wobble: 1.5,
    base: false,
    contrast: 0.7,
    shine: { at: 0.3, spread: 0.12, strength: 0.5, slope: 0 },
  };
  paintLock(p, lock(pts('470,200 444,290 440,380 446,470'), pts('540,262 486,306 466,360 460,450'), 61, side), hair);
  paintLock(p, lock(pts('750,262 800,306 820,360 824,450'), pts('806,190 838,290 844,380 838,470'), 62, side), hair);
  p.soft([470, 240, 340, 70], 10, { alpha: 0.4, blend: 'multiply', inside: facePath }, (c) => {
    c.fillStyle = '#5a2c1c';
    c.fill(pathOf(pts('486,250 796,250 806,310 720,292 640,286 560,290 476,316')));
  });
  // The top in broad painted locks, swept up and to the right from a parting.
  const top = { width: 9, contrast: 1.35, wobble: 4, ragged: 0.12, clumping: 0.7, base: false, alpha: 1 };
  paintLock(
    p,
    lock(
      pts('520,236 496,168 536,106 622,76 726,92 808,160'),
      pts('650,250 668,190 720,160 790,176 832,240 842,330'),
      63,
      { ...top, strands: 170, clumps: 14, lightAt: 0.35, shine: { at: 0.42, spread: 0.12, strength: 0.9, slope: 0.1 } },
    ),
    hair,
  );
  const front = { ...top, ragged: 0.24, clumping: 0.8 };
  paintLock(
    p,
    lock(pts('556,118 510,150 484,206 476,262 488,318'), pts('600,100 560,150 548,204 560,250 600,300'), 66, {
      ...front,
      strands: 90,
      width: 6,
      clumps: 8,
      lightAt: 0.6,
      shine: { at: 0.34, spread: 0.14, strength: 0.8, slope: 0 },
    }),
    hair,
  );
  paintLock(
    p,
    lock(pts('572,110 536,158 528,212 556,256 612,296'), pts('612,94 736,106 812,172 836,250 836,356'), 64, {
      ...front,
      strands: 330,
      width: 7,
      clumps: 22,
      lightAt: 0.4,
      shine: { at: 0.36, spread: 0.11, strength: 1.2, slope: 0.08 },
    }),
    hair,
  );
  paintFlyaways(
    p,
    [
      pts('530,112 570,82 636,70'),
      pts('610,80 690,72 762,104'),
      pts('760,116 816,158 842,226'),
      pts('492,190 496,146 522,112'),
    ],
    hair.body,
    0.9,
    3,
  );
}

const shirt: Material = {
  ramp: [
    [0, '#4c5566'],
    [0.35, '#93a0b2'],
    [0.6, '#c9d2dc'],
    [0.85, '#eef1f2'],
    [1, '#ffffff'],
  ],
  gloss: { power: 10, strength: 0.02, colour: '#ffffff' },
  cavity: 0.35,
  bands: { count: 6, softness: 0.4, share: 0.8 },
};

function paintClothes(p: Painter): void {
  const knit: Material = {
    ramp: [
      [0, '#0d1524'],
      [0.35, '#1c2c47'],
      [0.6, '#2d456a'],
      [0.85, '#49668f'],
      [1, '#7d99bd'],
    ],
    gloss: { power: 8, strength: 0.02, colour: '#ffffff' },
    cavity: 0.4,
    bands: { count: 7, softness: 0.5, share: 0.75 },
  };
  const body: Pt[] = pts(
    '548,872 500,904 440,934 340,974 242,1018 172,1088 138,1176 120,1296 1160,1296 1142,1176 1108,1088 1038,1018 940,974 840,934 780,904 732,872 704,972 652,1044 640,1054 628,1044 576,972',
  );
  // Placket and button show in the opening.
  paintCloth(p, {
    outline: pts('520,850 566,920 640,992 714,920 760,850 790,1080 490,1080'),
    light,
    material: shirt,
    rounding: 10,
    bulge: 20,
    folds: [],
    weave: 0,
    raise: 30,
  });
  paintCloth(p, {
    outline: body,
    smooth: true,
    light,
    material: knit,
    rounding: 34,
    bulge: 60,
    weave: 0,
    raise: 30,
    folds: [
      ...([-1, 1] as const).flatMap((s) => [
        {
          line: [
            [CX + s * 330, 990],
            [CX + s * 372, 1110],
            [CX + s * 366, 1290],
          ] as Pt[],
          width: 24,
          depth: -12,
        },
        {
          line: [
            [CX + s * 360, 1060],
            [CX + s * 300, 1160],
            [CX + s * 210, 1250],
          ] as Pt[],
          width: 60,
          depth: 12,
        },
        {
          line: [
            [CX + s * 470, 1100],
            [CX + s * 430, 1200],
            [CX + s * 420, 1290],
          ] as Pt[],
          width: 56,
          depth: 12,
        },
        {
          line: [
            [CX + s * 180, 960],
            [CX + s * 240, 1040],
            [CX + s * 290, 1110],
          ] as Pt[],
          width: 60,
          depth: 9,
        },
      ]),
      {
        line: pts('560,1140 640,1176 730,1150'),
        width: 50,
        depth: 7,
      },
    ],
    texture: (x, y) => 0.9 * Math.sin(x * 0.42 + 0.35 * Math.sin(y * 0.42)) * (0.7 + 0.3 * Math.sin(y * 0.42)),
  });
  // Ribbed V-neck edge.
  for (const s of [-1, 1] as const) {
    const half: Pt[] = pts('748,894 768,906 722,990 640,1078 640,1044 702,966');
    paintCloth(p, {
      outline: s === 1 ? half : mirrored(half, CX),
      light,
      material: knit,
      rounding: 7,
      bulge: 12,
      folds: [],
      weave: 0,
      raise: 30,
      dropShadow: 0.5,
      texture: (x, y) => 1.6 * Math.sin((x * s * 0.8 + y * 0.62) * 0.62),
    });
  }
  for (const s of [-1, 1] as const) {
    const half: Pt[] = pts('752,846 772,884 760,940 716,1010 676,966 646,974 700,912');
    paintCloth(p, {
      outline: s === 1 ? half : mirrored(half, CX),
      light,
      material: shirt,
      rounding: 6,
      bulge: 14,
      folds: [],
      weave: 0,
      raise: 30,
      dropShadow: 0.55,
    });
  }
}

export const chen: AvatarDrawing = {
  meta: {
    id: 'chen',
    name: { en: 'Chen', 'zh-CN': '陈哥' },
    description: {
      en: 'A calm presenter in a navy knit, drawn like a printed poster.',
      'zh-CN': '沉稳的男主持人，藏青针织衫，海报风格。',
    },
    gender: 'male',
    style: 'poster',
    voice: { gender: 'male', rate: 0.97, pitch: 0.92 },
  },
  face,
  paint(p) {
    const curves = curvesOf(face);
    // The collar's inside, behind the neck.
    paintCloth(p, {
      outline: pts('520,852 560,812 720,812 760,852 740,940 540,940'),
      light,
      material: shirt,
      rounding: 8,
      bulge: -14,
      folds: [],
      weave: 0,
      raise: 30,
    });
    paintNeck(p, {
      cx: CX,
      top: 670,
      halfWidth: 97,
      base: 902,
      shoulder: 150,
      light,
      material: skin,
      shadow: '#6d3423',
      chinY: 769,
      collarbones: 0.3,
    });
    paintClothes(p);
    for (const side of [-1, 1] as const) paintEar(p, [CX + side * 184, 508], side, 1, light, skinLook);
    const facePath = paintSkin(p, face, curves, sculpt, light, skinLook);
    for (const side of ['left', 'right'] as const) {
      paintEye(p, curves.eyes[side], eyes, side === 'left' ? 81 : 82);
      paintBrow(p, curves.brows[side], side, brows, side === 'left' ? 91 : 92);
    }
    paintLips(p, face, curves, lips);
    paintHair(p, facePath);
  },
  paintBackground: duskOffice,
};
