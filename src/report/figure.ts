// A picture with its caption, and the colours that all of them share.
import { escapeHtml } from './page.ts';

export const TEACHER = '#b45309';
export const STUDENT = '#2563eb';
export const NEGATIVE = '#64748b';
export const POSITIVE = '#059669';
export const MODELS: { domain: string[]; range: string[]; legend: true } = {
  domain: ['teacher', 'student'],
  range: [TEACHER, STUDENT],
  legend: true,
};

export function figure(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}
