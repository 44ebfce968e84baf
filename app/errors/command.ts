import type { ErrorCatalogue } from './index.ts';

export const commandErrors = {
  'command.internal': {
    en: {
      message: 'Something in the studio itself went wrong: {detail}',
      hint: 'Run the command again. If it happens again, report it with the text above.',
    },
    'zh-CN': { message: '程序内部出错：{detail}', hint: '请重试；若再次出现，请附上以上文字反馈给我们。' },
  },
} as const satisfies ErrorCatalogue;
