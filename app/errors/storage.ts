import type { ErrorCatalogue } from './index.ts';

export const storageErrors = {
  'storage.document-newer': {
    en: {
      message:
        'This project was made by a newer version of the studio (format {version}; this one reads up to {supported}). It was left as it is.',
      hint: 'Update the studio, then open the project again.',
    },
    'zh-CN': {
      message: '该项目由更新版本的软件创建（格式第 {version} 版，当前最高支持第 {supported} 版），未作任何改动。',
      hint: '请先升级软件，再打开该项目。',
    },
  },
  'storage.document-invalid': {
    en: {
      message: 'This project cannot be read: {detail}.',
      hint: 'Correct the named place, or go back to a copy of the project that still opens.',
    },
    'zh-CN': { message: '无法读取该项目：{detailZh}。', hint: '请修正上述位置，或改用仍能打开的项目副本。' },
  },
  'storage.project-not-found': {
    en: {
      message: 'There is no project "{id}".',
      hint: 'It may have been deleted. List the projects and choose one of them.',
    },
    'zh-CN': { message: '没有项目“{id}”。', hint: '它可能已被删除，请从项目列表中重新选择。' },
  },
  'storage.project-exists': {
    en: { message: 'A project "{id}" is there already.', hint: 'Open that one, or make a copy under a new id.' },
    'zh-CN': { message: '项目“{id}”已存在。', hint: '请打开已有项目，或使用新的编号创建副本。' },
  },
  'storage.project-changed-elsewhere': {
    en: {
      message:
        'The project "{name}" was changed in another window or program since it was opened here. Nothing was overwritten.',
      hint: 'Open it again to see the newer version, or save yours as a copy.',
    },
    'zh-CN': {
      message: '项目“{name}”打开后已在其他窗口或程序中被修改，未覆盖任何内容。',
      hint: '请重新打开以查看较新的版本，或将当前内容另存为副本。',
    },
  },
  'storage.project-file-missing': {
    en: { message: 'There is no project file at {path}.', hint: 'Check the path and its spelling.' },
    'zh-CN': { message: '{path} 处没有项目文件。', hint: '请检查路径与文件名。' },
  },
  'storage.project-file-unreadable': {
    en: {
      message: 'The project file {path} cannot be opened ({reason}).',
      hint: 'Check that it is a file and that you may read it.',
    },
    'zh-CN': { message: '无法打开项目文件 {path}（{reason}）。', hint: '请确认它是文件，且您有读取权限。' },
  },
  'storage.project-file-not-json': {
    en: {
      message: '{path} is not a project file: {detail}',
      hint: 'Give a project file, which is JSON text in UTF-8. A picture goes with --portrait, a script with --script.',
    },
    'zh-CN': {
      message: '{path} 不是项目文件：{detailZh}',
      hint: '请提供项目文件（UTF-8 编码的 JSON 文本）。图片请用 --portrait，脚本请用 --script。',
    },
  },
  'storage.project-file-too-large': {
    en: {
      message: 'The project file {path} is {sizeMb} MB; no project is larger than {limitMb} MB.',
      hint: 'Check that it is a project file.',
    },
    'zh-CN': { message: '项目文件 {path} 有 {sizeMb} MB，超过上限 {limitMb} MB。', hint: '请确认它是项目文件。' },
  },
  'storage.database-newer': {
    en: {
      message: "The studio's database {path} was written by a newer version of the studio. It was left as it is.",
      hint: 'Update the studio, or point SHENGHUA_DATA at another folder.',
    },
    'zh-CN': {
      message: '数据库 {path} 由更新版本的软件写入，未作任何改动。',
      hint: '请升级软件，或通过 SHENGHUA_DATA 指定其他数据文件夹。',
    },
  },
  'storage.database-foreign': {
    en: {
      message: '{path} is a database of another program. It was left as it is.',
      hint: "Point SHENGHUA_DATA at a folder of the studio's own.",
    },
    'zh-CN': {
      message: '{path} 是其他程序的数据库，未作任何改动。',
      hint: '请通过 SHENGHUA_DATA 指定专用的数据文件夹。',
    },
  },
  'storage.database-moved-aside': {
    en: {
      message:
        "The studio's database was damaged and could not be read. It was kept as {keptPath}, and a new, empty one was begun.",
      hint: 'Keep that file if it held projects you need: parts of it may be recoverable. Pictures and recordings are still in the data folder.',
    },
    'zh-CN': {
      message: '数据库已损坏，无法读取。原文件已保留为 {keptPath}，并新建了空数据库。',
      hint: '若其中有您需要的项目，请保留该文件，部分内容或可恢复。图片与录音仍在数据文件夹中。',
    },
  },
  'storage.database-damaged': {
    en: {
      message: "The studio's database {path} is damaged ({reason}).",
      hint: 'Close the studio and start it again: the damaged file is kept aside and a new one begun.',
    },
    'zh-CN': {
      message: '数据库 {path} 已损坏（{reason}）。',
      hint: '请关闭并重新启动软件：损坏的文件会另行保留，并新建数据库。',
    },
  },
  'storage.database-replaced': {
    en: {
      message:
        "The studio's database {path} was moved or replaced while it was open. What was being saved is not in the new one.",
      hint: 'Close the studio in every window and start it again.',
    },
    'zh-CN': {
      message: '数据库 {path} 在使用中被移走或替换，正在保存的内容未写入新数据库。',
      hint: '请关闭所有窗口后重新启动软件。',
    },
  },
  'storage.database-busy': {
    en: {
      message: "Another program holds the studio's database {path} and does not let go.",
      hint: 'Close other windows of the studio, then try again.',
    },
    'zh-CN': { message: '数据库 {path} 正被其他程序占用。', hint: '请关闭软件的其他窗口后重试。' },
  },
  'storage.disk-full': {
    en: {
      message: 'The disk is full: {path} could not be written. What was there before is unchanged.',
      hint: 'Free some space, then try again.',
    },
    'zh-CN': { message: '磁盘已满：无法写入 {path}，原有内容未受影响。', hint: '请清理磁盘空间后重试。' },
  },
  'storage.not-writable': {
    en: {
      message: '{path} cannot be written ({reason}).',
      hint: 'Check the permissions of the folder, or choose another one.',
    },
    'zh-CN': { message: '无法写入 {path}（{reason}）。', hint: '请检查文件夹权限，或选择其他位置。' },
  },
  'storage.io-failed': {
    en: {
      message: 'Reading or writing {path} failed ({reason}).',
      hint: 'Check that the disk is connected and healthy, then try again.',
    },
    'zh-CN': { message: '读写 {path} 失败（{reason}）。', hint: '请检查磁盘是否已连接且正常，然后重试。' },
  },
  'storage.asset-missing': {
    en: {
      message: 'A file of the project is missing: {fileName} ({path}).',
      hint: 'Put the file back, or choose the picture or recording again.',
    },
    'zh-CN': { message: '项目缺少文件：{fileName}（{path}）。', hint: '请放回该文件，或重新选择图片或录音。' },
  },
  'storage.asset-corrupt': {
    en: {
      message: 'A file of the project is damaged: {fileName} ({path}).',
      hint: 'Choose the picture or recording again; the same file repairs it.',
    },
    'zh-CN': {
      message: '项目文件已损坏：{fileName}（{path}）。',
      hint: '请重新选择图片或录音；选择同一文件即可修复。',
    },
  },
  'storage.asset-source-unreadable': {
    en: {
      message: 'The file {path} cannot be read ({reason}).',
      hint: 'Check that it is there and that you may read it.',
    },
    'zh-CN': { message: '无法读取文件 {path}（{reason}）。', hint: '请确认文件存在且您有读取权限。' },
  },
  'storage.emotion-name-taken': {
    en: { message: 'There is an emotion named "{name}" already.', hint: 'Give it another name.' },
    'zh-CN': { message: '已有名为“{name}”的情绪。', hint: '请换一个名称。' },
  },
} as const satisfies ErrorCatalogue;
