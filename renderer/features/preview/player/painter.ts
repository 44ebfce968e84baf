/** Draws I420 frames (BT.709, limited range; straight alpha) onto a canvas: by WebGL, or by hand where there is no graphics card. */
import type { PreviewFrame } from '../../../../app/contract/preview-wire.ts';

export interface Painter {
  readonly kind: 'webgl' | '2d';
  paint(frame: PreviewFrame): void;
  dispose(): void;
}

/** `lost`: the canvas's picture is gone and comes back with the next frame painted. */
export function createPainter(canvas: HTMLCanvasElement, restored: () => void): Painter {
  return webglPainter(canvas, restored) ?? canvasPainter(canvas);
}

const fit = (canvas: HTMLCanvasElement, { widthPx, heightPx }: PreviewFrame): void => {
  if (canvas.width !== widthPx) canvas.width = widthPx;
  if (canvas.height !== heightPx) canvas.height = heightPx;
};

const planes = ({ data, widthPx, heightPx, alpha }: PreviewFrame) => {
  const luma = widthPx * heightPx;
  const chroma = luma / 4;
  return {
    y: data.subarray(0, luma),
    u: data.subarray(luma, luma + chroma),
    v: data.subarray(luma + chroma, luma + 2 * chroma),
    a: alpha ? data.subarray(luma + 2 * chroma, 2 * luma + 2 * chroma) : null,
  };
};

const VERTEX = `
attribute vec2 corner;
varying vec2 at;
void main() {
  at = vec2(corner.x * 0.5 + 0.5, 0.5 - corner.y * 0.5);
  gl_Position = vec4(corner, 0.0, 1.0);
}`;
const FRAGMENT = `
precision mediump float;
varying vec2 at;
uniform sampler2D planeY, planeU, planeV, planeA;
uniform float withAlpha;
void main() {
  float y = 1.16438 * (texture2D(planeY, at).r - 0.062745);
  float u = texture2D(planeU, at).r - 0.501961;
  float v = texture2D(planeV, at).r - 0.501961;
  vec3 rgb = clamp(vec3(y + 1.79274 * v, y - 0.21325 * u - 0.53291 * v, y + 2.11240 * u), 0.0, 1.0);
  float a = mix(1.0, texture2D(planeA, at).r, withAlpha);
  gl_FragColor = vec4(rgb * a, a);
}`;

interface Program {
  gl: WebGLRenderingContext;
  withAlpha: WebGLUniformLocation | null;
  textures: WebGLTexture[];
}

function webglPainter(canvas: HTMLCanvasElement, restored: () => void): Painter | null {
  const gl = canvas.getContext('webgl', {
    ...{ alpha: true, premultipliedAlpha: true, depth: false, antialias: false },
    // By hand is faster than a graphics card that is only imitated.
    failIfMajorPerformanceCaveat: true,
    // What the screen shows can be read back at any time.
    preserveDrawingBuffer: true,
  });
  if (gl === null) return null;
  let program: Program | null = setUp(gl);
  if (program === null) return null;
  const onLost = (event: Event): void => {
    event.preventDefault();
    program = null;
  };
  const onRestored = (): void => {
    program = setUp(gl);
    restored();
  };
  canvas.addEventListener('webglcontextlost', onLost);
  canvas.addEventListener('webglcontextrestored', onRestored);
  return {
    kind: 'webgl',
    paint(frame) {
      if (program === null) return;
      fit(canvas, frame);
      const { widthPx, heightPx } = frame;
      gl.viewport(0, 0, widthPx, heightPx);
      const { y, u, v, a } = planes(frame);
      const upload = (unit: number, width: number, height: number, data: Uint8Array): void => {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, program!.textures[unit]!);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.LUMINANCE, width, height, 0, gl.LUMINANCE, gl.UNSIGNED_BYTE, data);
      };
      upload(0, widthPx, heightPx, y);
      upload(1, widthPx / 2, heightPx / 2, u);
      upload(2, widthPx / 2, heightPx / 2, v);
      if (a) upload(3, widthPx, heightPx, a);
      gl.uniform1f(program.withAlpha, a ? 1 : 0);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    },
    dispose() {
      canvas.removeEventListener('webglcontextlost', onLost);
      canvas.removeEventListener('webglcontextrestored', onRestored);
      for (const texture of program?.textures ?? []) gl.deleteTexture(texture);
    },
  };
}

function setUp(gl: WebGLRenderingContext): Program | null {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) return null;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
  // biome-ignore lint/correctness/useHookAtTopLevel: WebGL's, not React's.
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
  const corner = gl.getAttribLocation(program, 'corner');
  gl.enableVertexAttribArray(corner);
  gl.vertexAttribPointer(corner, 2, gl.FLOAT, false, 0, 0);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  const textures = ['planeY', 'planeU', 'planeV', 'planeA'].map((name, unit) => {
    const texture = gl.createTexture();
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.LUMINANCE, 1, 1, 0, gl.LUMINANCE, gl.UNSIGNED_BYTE, new Uint8Array([255]));
    gl.uniform1i(gl.getUniformLocation(program, name), unit);
    return texture;
  });
  return { gl, withAlpha: gl.getUniformLocation(program, 'withAlpha'), textures };
}

function canvasPainter(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let image: ImageData | null = null;
  return {
    kind: '2d',
    paint(frame) {
      fit(canvas, frame);
      if (image?.width !== frame.widthPx || image.height !== frame.heightPx)
        image = new ImageData(frame.widthPx, frame.heightPx);
      toRgba(frame, image.data);
      context?.putImageData(image, 0, 0);
    },
    dispose() {},
  };
}

/** In 1/1024; of limited range to full. */
const LUMA = Int32Array.from({ length: 256 }, (_, y) => Math.round(1192.33 * (y - 16)));
const V_RED = Int32Array.from({ length: 256 }, (_, v) => Math.round(1835.77 * (v - 128)));
const U_GREEN = Int32Array.from({ length: 256 }, (_, u) => Math.round(-218.37 * (u - 128)));
const V_GREEN = Int32Array.from({ length: 256 }, (_, v) => Math.round(-545.7 * (v - 128)));
const U_BLUE = Int32Array.from({ length: 256 }, (_, u) => Math.round(2163.1 * (u - 128)));

/** `rgba` is clamped by its type. */
export function toRgba(frame: PreviewFrame, rgba: Uint8ClampedArray): void {
  const { widthPx, heightPx } = frame;
  const { y, u, v, a } = planes(frame);
  const half = widthPx / 2;
  for (let row = 0; row < heightPx; row++) {
    let i = row * widthPx;
    let chroma = (row >> 1) * half;
    let to = i * 4;
    for (let column = 0; column < half; column++, chroma++) {
      const red = V_RED[v[chroma]!]! + 512;
      const green = U_GREEN[u[chroma]!]! + V_GREEN[v[chroma]!]! + 512;
      const blue = U_BLUE[u[chroma]!]! + 512;
      for (let pair = 0; pair < 2; pair++, i++, to += 4) {
        const luma = LUMA[y[i]!]!;
        rgba[to] = (luma + red) >> 10;
        rgba[to + 1] = (luma + green) >> 10;
        rgba[to + 2] = (luma + blue) >> 10;
        rgba[to + 3] = a === null ? 255 : a[i]!;
      }
    }
  }
}
