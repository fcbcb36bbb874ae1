/** Changes of a text box at the caret, as a person at the keyboard would make them: they can be undone. */

/** Puts a text in the place of what is selected. `select`: how much of its end is selected after, from how far before the end. */
export function insert(box: HTMLTextAreaElement | HTMLInputElement, text: string, select?: { from: number; to: number }) {
  box.focus()
  const start = box.selectionStart ?? box.value.length
  // Keeps the browser's undo; where it is gone, the text is set.
  if (!document.execCommand('insertText', false, text)) {
    box.setRangeText(text, start, box.selectionEnd ?? start, 'end')
    box.dispatchEvent(new Event('input', { bubbles: true }))
  }
  if (select) box.setSelectionRange(start + select.from, start + select.to)
}

/** Puts marks around what is selected, or takes them away when it has them. */
export function wrap(box: HTMLTextAreaElement, mark: string) {
  const { selectionStart: start, selectionEnd: end, value } = box
  const chosen = value.slice(start, end)
  const size = mark.length
  if (value.slice(start - size, start) === mark && value.slice(end, end + size) === mark && start >= size) {
    box.setSelectionRange(start - size, end + size)
    insert(box, chosen, { from: 0, to: chosen.length })
    return
  }
  // Marks stand at words: blanks at the ends stay outside.
  const inner = chosen.trim()
  const lead = chosen.length - chosen.trimStart().length
  const tail = chosen.length - lead - inner.length
  insert(box, `${chosen.slice(0, lead)}${mark}${inner}${mark}${tail > 0 ? chosen.slice(-tail) : ''}`, { from: lead + size, to: lead + size + inner.length })
}
