/** What no page may do: go elsewhere, open windows, embed guests, use devices. Microphone and camera only after a yes. */
import type { MediaAccessPermissionRequest } from 'electron';
import { isOurs } from './app-protocol.ts';
import type { PermissionCheckHandler, PermissionRequestHandler, Shell, ShellContents, ShellSession } from './shell.ts';

export type MediaKind = 'microphone' | 'camera';

/** Neither shows the page anything of the person or the machine. */
const HARMLESS: ReadonlySet<string> = new Set(['fullscreen', 'clipboard-sanitized-write']);

export function lockContents(contents: ShellContents, shell: Pick<Shell['shell'], 'openExternal'>): void {
  contents.on('will-frame-navigate', (details) => {
    if (!isOurs(details.url)) details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const target = URL.parse(url);
    // A link to the web opens in the person's browser; anything else (files, programs' own schemes) nowhere.
    if (target?.protocol === 'https:' && target.username === '' && target.password === '')
      shell.openExternal(target.href).catch(() => {});
    return { action: 'deny' };
  });
}

export interface PermissionOptions {
  /** Asks the person; remembered as long as the program runs. */
  ask(kinds: readonly MediaKind[]): Promise<boolean>;
  /** Asks the system, where it must be asked too. */
  askSystem(kind: MediaKind): Promise<boolean>;
}

export function lockSession(session: ShellSession, { ask, askSystem }: PermissionOptions): void {
  const granted = new Set<MediaKind>();
  let turn: Promise<unknown> = Promise.resolve();

  /** One question at a time: the second of two requests for the same finds the answer of the first. */
  const grant = (kinds: readonly MediaKind[]): Promise<boolean> => {
    const decided = turn.then(async () => {
      const missing = kinds.filter((kind) => !granted.has(kind));
      if (missing.length === 0) return true;
      if (!(await ask(missing))) return false;
      for (const kind of missing) {
        if (!(await askSystem(kind))) return false;
        granted.add(kind);
      }
      return true;
    });
    turn = decided.catch(() => {});
    return decided;
  };

  const onRequest: PermissionRequestHandler = (_contents, permission, callback, details) => {
    if (!isOurs(details.requestingUrl) || !details.isMainFrame) return callback(false);
    if (HARMLESS.has(permission)) return callback(true);
    const kinds = permission === 'media' ? kindsOf(details) : [];
    if (kinds.length === 0) return callback(false);
    grant(kinds).then(callback, () => callback(false));
  };
  const onCheck: PermissionCheckHandler = (_contents, permission, origin, details) => {
    if (!isOurs(origin) || !details.isMainFrame) return false;
    if (HARMLESS.has(permission)) return true;
    if (permission !== 'media') return false;
    if (details.mediaType === 'audio') return granted.has('microphone');
    return details.mediaType === 'video' && granted.has('camera');
  };
  session.setPermissionRequestHandler(onRequest);
  session.setPermissionCheckHandler(onCheck);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback({}));
  // Its dictionaries would be fetched from a server of others.
  session.setSpellCheckerEnabled(false);
  // Files leave the studio through its own dialogs, which know what was asked for.
  session.on('will-download', (event) => event.preventDefault());
}

function kindsOf(details: Parameters<PermissionRequestHandler>[3]): MediaKind[] {
  const { mediaTypes = [] } = details as MediaAccessPermissionRequest;
  return mediaTypes.map((type) => (type === 'audio' ? 'microphone' : 'camera'));
}
