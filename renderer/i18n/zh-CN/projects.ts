import type { projects as english } from '../en/projects.ts';

export const projects: Record<keyof typeof english, string> = {};
