import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fromTemplate, toTemplate } from './convert'
import { isGrouped, LIMITS } from './form'
import { LANGUAGES, languagesByName } from './languages'
import { isStarter, STARTERS } from './starters'
import { isSequential, length, sampleOrder } from './variables'

describe('starting points', () => {
  it.each(Object.values(STARTERS).flatMap((both) => Object.values(both)))('$name in $language goes through the editor unchanged', (template) => {
    const form = fromTemplate(template)
    expect(toTemplate(form)).toEqual(template)
    expect(isGrouped(form.buttons) && isSequential(form.body)).toBe(true)
    expect(length(form.body)).toBeLessThanOrEqual(LIMITS.body)
    for (const name of sampleOrder(form.body, form.named)) expect(form.samples[name], name).toBeTruthy()
  })

  it('are known by name', () => {
    expect(isStarter('win_back')).toBe(true)
    expect(isStarter('toString')).toBe(false)
    expect(isStarter(null)).toBe(false)
  })
})

describe('languages', () => {
  it('are those of the server', () => {
    // From the folder of the portal, where tests run.
    const rust = readFileSync('../crates/cloud-api/src/template/language.rs', 'utf8')
    const list = /LANGUAGES: &\[&str\] = &\[([^\]]+)\]/.exec(rust)?.[1] ?? ''
    expect(LANGUAGES).toEqual([...list.matchAll(/"(\w+)"/g)].map((match) => match[1]))
  })

  it('have names, in the order of the alphabet', () => {
    const names = languagesByName().map(({ name }) => name)
    expect(new Set(names).size).toBe(LANGUAGES.length)
  })
})
