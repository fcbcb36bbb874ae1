import { renderHook } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { keyOf, useHotkeys } from './hotkeys'
import { setSingleKeys } from './single-keys'

const press = (key: string, code: string, more: KeyboardEventInit = {}) => window.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...more }))

afterEach(() => setSingleKeys(true))

describe('keys', () => {
  it('are known by their place on keyboards of another script', () => {
    expect(keyOf({ key: 'ت', code: 'KeyJ', shiftKey: false })).toBe('j')
    expect(keyOf({ key: '؟', code: 'Slash', shiftKey: true })).toBe('?')
    expect(keyOf({ key: 'ظ', code: 'Slash', shiftKey: false })).toBe('/')
    expect(keyOf({ key: 'о', code: 'KeyJ', shiftKey: false })).toBe('j')
  })

  it('are known by what they type on every Latin keyboard', () => {
    // "a" and "q" are exchanged on a French keyboard.
    expect(keyOf({ key: 'a', code: 'KeyQ', shiftKey: false })).toBe('a')
    expect(keyOf({ key: 'ArrowUp', code: 'ArrowUp', shiftKey: false })).toBe('ArrowUp')
    expect(keyOf({ key: 'J', code: 'KeyJ', shiftKey: false })).toBe('j')
  })
})

describe('shortcuts', () => {
  it('work on an Arabic keyboard, one key and two', () => {
    const next = vi.fn()
    const inbox = vi.fn()
    renderHook(() => useHotkeys({ j: next, 'g i': inbox }))
    press('ت', 'KeyJ')
    expect(next).toHaveBeenCalledOnce()
    press('ل', 'KeyG')
    press('ه', 'KeyI')
    expect(inbox).toHaveBeenCalledOnce()
  })

  it('of a letter do nothing when they are switched off; arrows do', () => {
    const next = vi.fn()
    const up = vi.fn()
    renderHook(() => useHotkeys({ j: next, ArrowUp: up }))
    setSingleKeys(false)
    press('j', 'KeyJ')
    press('ArrowUp', 'ArrowUp')
    expect(next).not.toHaveBeenCalled()
    expect(up).toHaveBeenCalledOnce()
  })
})
