// Elements, always from text: nothing here or elsewhere reads markup out of data.

export const find = (selector, within = document) => within.querySelector(selector)

const NAMESPACES = { svg: 'http://www.w3.org/2000/svg', path: 'http://www.w3.org/2000/svg' }

/** An element: `properties` are listeners (`onclick`), booleans, or attributes; children are nodes or text. */
export function make(tag, properties = {}, ...children) {
  const element = NAMESPACES[tag] ? document.createElementNS(NAMESPACES[tag], tag) : document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== false && value != null) element.setAttribute(name, value)
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false))
  return element
}

/** A table of rows of cells, each text or nodes; columns that `numeric` names are set to the right. */
export function table(headings, rows, { caption, numeric = [] } = {}) {
  const shape = (index) => ({ class: numeric.includes(headings[index]) ? 'number' : null })
  return make(
    'div',
    { class: 'wide' },
    make(
      'table',
      {},
      caption && make('caption', {}, caption),
      make(
        'thead',
        {},
        make(
          'tr',
          {},
          headings.map((heading, index) => make('th', { scope: 'col', ...shape(index) }, heading)),
        ),
      ),
      make(
        'tbody',
        {},
        rows.map((cells) =>
          make(
            'tr',
            {},
            cells.map((cell, index) => make('td', shape(index), cell ?? '')),
          ),
        ),
      ),
    ),
  )
}

/** A button that copies `text` and says so. */
export function copier(text, label = 'Copy') {
  const button = make('button', { type: 'button', class: 'small', onclick: copy }, label)
  async function copy() {
    try {
      await navigator.clipboard.writeText(text)
      button.textContent = 'Copied'
    } catch {
      button.textContent = 'Cannot copy here'
    }
    setTimeout(() => (button.textContent = label), 1500)
  }
  return button
}

/** `draw` at most once a frame, however often it is asked for. */
export function framed(draw) {
  let asked = false
  return () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      draw()
    })
  }
}
