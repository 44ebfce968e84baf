/** Projects for an interface: their list and trash, and the open ones, each in memory once for all who look at it. */
import { randomUUID } from 'node:crypto';
import type { WireError } from '../../app/contract/base.ts';
import type { StudioContract } from '../../app/contract/index.ts';
import type { NewProjectRequest, ProjectSummary } from '../../app/contract/projects.ts';
import type { SystemEvent } from '../../app/contract/system.ts';
import type { PortraitSource } from '../../app/document/avatar.ts';
import { type NewProject, newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { Storage } from '../storage/open.ts';
import type { ProjectSummary as StoredSummary } from '../storage/repositories/projects.ts';
import { createBroadcast, follow, latest } from './broadcast.ts';
import { type OpenProject, openProject, type ProjectChange } from './open-project.ts';
import type { ServiceOf } from './service.ts';
import { toWireError } from './wire-error.ts';

type Contract = ServiceOf<StudioContract['projects']>;

export interface ProjectService extends Omit<Contract, 'importBundle' | 'exportBundle' | 'exportDocument'>, Disposable {
  /** As it is now, what is not on disk yet included. @throws StudioError `storage.project-not-found` … */
  current(id: string): ProjectChange;
  /** As it is now, and after each change (the newest only); ends when it is gone. @throws as `current` */
  documents(id: string, signal: AbortSignal): AsyncIterable<ProjectChange>;
  /** A new project with this document's content. */
  add(project: Project): ProjectSummary;
}

export interface ProjectServiceOptions {
  storage: Pick<Storage, 'projects'>;
  /** What a sample project is made of, without id and name. */
  sample(request: { locale: 'en' | 'zh-CN'; sampleId?: string | undefined }): Promise<Parameters<typeof newProject>[0]>;
  /** The portrait of a project that was given none. */
  firstPortrait(): Promise<PortraitSource>;
  tell(notice: SystemEvent): void;
}

export function createProjectService({ storage, sample, firstPortrait, tell }: ProjectServiceOptions): ProjectService {
  const { projects } = storage;
  const open = new Map<string, OpenProject>();
  const listChanges = createBroadcast<void>();

  const checked = new Map<string, { revision: number; problem: WireError | null }>();
  /** Tried once for each revision. */
  const problemOf = ({ id, revision }: StoredSummary): WireError | null => {
    if (open.has(id)) return null;
    const known = checked.get(id);
    if (known?.revision === revision) return known.problem;
    let problem: WireError | null = null;
    try {
      projects.load(id);
    } catch (error) {
      problem = toWireError(error);
    }
    checked.set(id, { revision, problem });
    return problem;
  };

  const told = (summary: StoredSummary): ProjectSummary => {
    const document = open.get(summary.id);
    const revision = document?.revision ?? summary.revision;
    return {
      ...summary,
      revision,
      name: document?.project.name ?? summary.name,
      problem: problemOf(summary),
      thumbnail: `/media/thumbnail/${encodeURIComponent(summary.id)}?r=${revision}`,
    };
  };
  const list = (): ProjectSummary[] => projects.list().map(told);
  const summaryOf = (id: string): ProjectSummary => told(projects.summary(id));

  let listDue: NodeJS.Timeout | undefined;
  /** Soon, not at every letter typed. */
  const listChanged = (): void => {
    listDue ??= setTimeout(() => {
      listDue = undefined;
      listChanges.emit();
    }, 100);
    listDue.unref();
  };

  const add = (project: Project): ProjectSummary => {
    const stored = projects.create(project);
    listChanged();
    return told(stored);
  };
  const rescue = (project: Project): void => {
    try {
      const { id } = add({ ...project, id: randomUUID() });
      const error = new StudioError('storage.project-changed-elsewhere', { name: project.name });
      tell({ type: 'notice', severity: 'warning', error: toWireError(error), projectId: id });
    } catch (error) {
      tell({ type: 'notice', severity: 'error', error: toWireError(error), projectId: project.id });
    }
  };

  const opened = (id: string): OpenProject => {
    let document = open.get(id);
    if (document === undefined) {
      document = openProject(id, { projects, onSaved: listChanged, onIdle: () => letGo(id), rescue });
      open.set(id, document);
    }
    return document;
  };
  /** What nobody looks at and is on disk need not be in memory. */
  const letGo = (id: string): void => {
    const document = open.get(id);
    if (document === undefined || document.watchers > 0 || document.unsaved) return;
    open.delete(id);
    document.close();
  };
  const using = <T>(id: string, work: (document: OpenProject) => T): T => {
    const document = opened(id);
    try {
      return work(document);
    } finally {
      letGo(id);
    }
  };
  const current = (id: string): ProjectChange => using(id, ({ project, revision }) => ({ project, revision }));
  const copyOf = (project: Project, name: string): ProjectSummary => add({ ...project, id: randomUUID(), name });

  const create = async (request: NewProjectRequest): Promise<ProjectSummary> => {
    const about = { id: randomUUID(), name: request.name };
    const { size } = request;
    const sized = (given: NewProject): NewProject =>
      size === undefined ? given : { ...given, stage: { ...given.stage, size } };
    if (request.from === 'sample') return add(newProject(sized({ ...(await sample(request)), ...about })));
    return add(newProject(sized({ ...about, portrait: request.portrait ?? (await firstPortrait()) })));
  };
  const purge = (id: string): void => {
    open.get(id)?.remove();
    open.delete(id);
    projects.delete(id);
    checked.delete(id);
    listChanged();
  };

  return {
    current,
    add,
    documents(id, signal) {
      const changes = opened(id).follow(signal);
      letGo(id);
      return changes;
    },
    list,
    watchList: (_, signal) =>
      follow<ProjectSummary[]>(
        signal,
        (push) => {
          push(list());
          return listChanges.listen(() => push(list()));
        },
        latest,
      ),
    get: ({ id }) => current(id),
    create,
    watch({ id }, signal) {
      const events = opened(id).watch(signal);
      letGo(id);
      return events;
    },
    edit: ({ id, ...request }) => using(id, (document) => document.edit(request)),
    rename({ id, name }) {
      using(id, (document) =>
        document.edit({
          baseRevision: document.revision,
          patches: [{ op: 'replace', path: ['name'], value: name }],
          clientId: 'studio',
          editId: randomUUID(),
        }),
      );
      listChanged();
      return summaryOf(id);
    },
    duplicate: ({ id, name }) => copyOf(current(id).project, name),
    saveAsCopy: ({ project, name }) => copyOf(project, name),
    remove({ id }) {
      const document = open.get(id);
      document?.flush();
      const summary = projects.setTrashed(id, Date.now());
      document?.remove();
      open.delete(id);
      listChanged();
      return told(summary);
    },
    restore({ id }) {
      const summary = projects.setTrashed(id, null);
      listChanged();
      return told(summary);
    },
    purge({ id }) {
      purge(id);
      return {};
    },
    emptyTrash() {
      const trashed = projects.list().filter(({ trashedAtMs }) => trashedAtMs !== null);
      for (const { id } of trashed) purge(id);
      return { removed: trashed.length };
    },
    [Symbol.dispose]() {
      clearTimeout(listDue);
      for (const document of open.values()) document.close();
      open.clear();
    },
  };
}
