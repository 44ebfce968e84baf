/**
 * What the desktop shell gives the page beyond a browser. `window.shenghuaDesktop` is there before the page's first script runs
 * and is absent in a browser; calls to the studio go over the two ports that `connect` brings, media and uploads by the same
 * relative addresses as in a browser.
 */
import { z } from 'zod';
import { type AssetRef, assetRefSchema } from '../document/asset.ts';
import { localeSchema, mediaPathSchema, type WireError } from './base.ts';

export const DESKTOP_GLOBAL = 'shenghuaDesktop';

/**
 * `type` of the message to the page's own window that carries `ports: [rpc, preview]`. It comes after `connect()`, and again each
 * time the engine was started anew; the ports before it are dead then.
 */
export const PORTS_MESSAGE = 'shenghua:ports';
export interface PortsMessage {
  type: typeof PORTS_MESSAGE;
  /** Counts the engine's starts from 1. */
  engineRun: number;
}

/** What the menu asks of the page: the ids of its actions. */
export const MENU_ACTIONS = [
  'project.new',
  'project.open',
  'project.save',
  'project.exportBundle',
  'project.close',
  'edit.undo',
  'edit.redo',
  'edit.find',
  'preview.toggle',
  'preview.fromStart',
  'export.open',
  'library.open',
  'settings.open',
  'palette.open',
  'view.zoomIn',
  'view.zoomOut',
  'view.zoomReset',
  'view.theme',
  'help.tour',
  'help.shortcuts',
  'help.machine',
] as const;
export type MenuAction = (typeof MENU_ACTIONS)[number];

/** What is asked for in the system's open dialog. */
export const FILE_KINDS = ['picture', 'sound', 'script', 'project'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** A file that the shell read and handed to the studio, as if it had been uploaded. */
export type OpenedFile =
  | { type: 'opened'; kind: FileKind; asset: AssetRef }
  | { type: 'cancelled' }
  | { type: 'failed'; error: WireError };
export type SavedFile = { type: 'saved'; path: string } | { type: 'cancelled' } | { type: 'failed'; error: WireError };

/**
 *     starting ──▶ running ──crash──▶ waiting ──▶ starting        waiting ──too many──▶ failed ──restartEngine()──▶ starting
 *                                                                                            starting ──says why──▶ failed
 */
export type EngineState =
  | { state: 'starting' }
  | { state: 'running'; engineRun: number }
  | { state: 'waiting'; attempt: number; retryInMs: number }
  /** `error`: why it cannot start, if it said so. */
  | { state: 'failed'; error: WireError | null };

export type DesktopEvent =
  | { type: 'action'; action: MenuAction }
  | { type: 'engine'; engine: EngineState }
  /** A project file that the person opened from outside: by a double click, or with the command line. */
  | { type: 'opened'; file: OpenedFile };

/** Calls the page may make of the shell; the shell checks them against these, whatever the page is. */
export const desktopCalls = {
  connect: z.tuple([]),
  openFile: z.tuple([z.enum(FILE_KINDS)]),
  saveFile: z.tuple([z.strictObject({ path: mediaPathSchema.max(2000), fileName: z.string().min(1).max(255) })]),
  chooseFolder: z.tuple([]),
  reveal: z.tuple([z.string().min(1).max(4000)]),
  setLanguage: z.tuple([localeSchema]),
  setTheme: z.tuple([z.enum(['dark', 'light', 'system'])]),
  restartEngine: z.tuple([]),
} as const;
export type DesktopCall = keyof typeof desktopCalls;
export type DesktopCallArguments<Call extends DesktopCall> = z.infer<(typeof desktopCalls)[Call]>;

export interface DesktopAnswers {
  connect: undefined;
  /** One file, or none. */
  openFile: OpenedFile;
  /** Asks where to, then writes what `path` gives there. The browser's way is a download. */
  saveFile: SavedFile;
  /** An absolute path; null when the person chose none. */
  chooseFolder: string | null;
  /** Shows a file or folder of the studio, or one saved or chosen before, in the system's file manager. False: it is none of these, or gone. */
  reveal: boolean;
  setLanguage: undefined;
  setTheme: undefined;
  /** After `failed`. */
  restartEngine: undefined;
}

export type DesktopBridge = {
  readonly [Call in DesktopCall]: (...args: DesktopCallArguments<Call>) => Promise<DesktopAnswers[Call]>;
} & {
  /** `process.platform`. */
  readonly platform: string;
  readonly version: string;
  /** Calls `listener` until the function it returns is called. */
  onEvent(listener: (event: DesktopEvent) => void): () => void;
};

/** What an upload answers with, as the shell reads it. */
export const uploadedSchema = assetRefSchema;
