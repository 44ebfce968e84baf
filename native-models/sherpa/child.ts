/** The process that holds sherpa-onnx (https://github.com/k2-fsa/sherpa-onnx), which ends it over many a bad file. */
import { serveRuntime } from '../kit/serve.ts';
import type { SherpaSettings } from './protocol.ts';

serveRuntime({
  async probe() {
    const { default: sherpa } = await import('sherpa-onnx-node');
    return `sherpa-onnx ${sherpa.version}, ONNX Runtime ${sherpa.onnxruntimeVersion}`;
  },
  async load(settings) {
    const wanted = settings as SherpaSettings;
    if (wanted.kind === 'ear') return { model: await (await import('./ear.ts')).openEar(wanted), info: null };
    return await (await import('./voice.ts')).openVoice(wanted);
  },
});
