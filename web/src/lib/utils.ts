import { clsx, type ClassValue } from 'clsx'
import { twMerge } from 'tailwind-merge'

export function cn(...inputs: ClassValue[]) {
  return twMerge(clsx(inputs))
}

/** A loose object out of unknown JSON: message contents are WhatsApp's own shapes and grow without notice. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

export const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
