/** Short news at the edge of the screen. */
import { createStore } from 'zustand/vanilla';

export interface Toast {
  id: number;
  tone: 'info' | 'success' | 'warning' | 'error';
  message: string;
  hint?: string;
  action?: { label: string; run(): void };
}

export const toastStore = createStore<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }));
const SHOWN_AT_ONCE = 4;
let lastId = 0;

export function showToast(toast: Omit<Toast, 'id'>): void {
  lastId += 1;
  const next: Toast = { ...toast, id: lastId };
  toastStore.setState(({ toasts }) => ({
    // The same news twice is one.
    toasts: [...toasts.filter(({ message }) => message !== toast.message).slice(1 - SHOWN_AT_ONCE), next],
  }));
}
export const dismissToast = (id: number): void =>
  toastStore.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
