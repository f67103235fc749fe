// The list of requests: any number of rows, of which only those in sight are elements.

import { find, framed, make } from './dom.js'
import { isRefused } from './store.js'
import { clockTime, milliseconds } from './text.js'

const AROUND = 6 // rows drawn above and below what is in sight
const SLOW = 0.1

export class List {
  selected = null

  /** `open(row)` is called for a row that is clicked. */
  constructor(element, open) {
    this.element = element
    this.scroll = find('.scroll', element)
    this.body = find('.rows', element)
    this.newer = find('#newer', element)
    this.rows = []
    this.draw = framed(() => this.#draw())
    this.#pool = []
    this.#unseen = 0
    this.scroll.addEventListener('scroll', this.draw, { passive: true })
    new ResizeObserver(this.draw).observe(this.scroll)
    this.body.addEventListener('click', (event) => {
      const row = event.target.closest('[role=row]')?.shown
      if (row) open(row)
    })
    this.newer.addEventListener('click', () => this.toTop())
  }

  #pool
  #unseen
  #moved = 0

  /** Show these rows, oldest first, in place of all others. */
  replace(rows) {
    this.rows = rows
    this.#unseen = 0
    this.draw()
  }

  /** `rows` with `added` of them new at the newest end: what is in sight stays where it is unless that is the top. */
  grow(rows, added) {
    this.rows = rows
    if (this.scroll.scrollTop > 0) {
      this.#moved += added
      this.#unseen += added
    }
    this.draw()
  }

  toTop() {
    this.scroll.scrollTop = 0
    this.draw()
  }

  /** Select the row `steps` further down (older); returns it. */
  step(steps) {
    if (!this.rows.length) return null
    const from = this.#position(this.selected)
    const to = from < 0 ? 0 : Math.min(Math.max(from + steps, 0), this.rows.length - 1)
    const row = this.rows[this.rows.length - 1 - to]
    this.select(row.id, true)
    return row
  }

  select(id, reveal = false) {
    this.selected = id
    const position = this.#position(id)
    if (reveal && position >= 0) {
      const top = position * this.#height
      const { scrollTop } = this.scroll
      const inSight = this.scroll.clientHeight - this.body.offsetTop
      if (top < scrollTop) this.scroll.scrollTop = top
      else if (top + this.#height > scrollTop + inSight) this.scroll.scrollTop = top + this.#height - inSight
    }
    this.draw()
  }

  /** Rows in one screenful. */
  get page() {
    return Math.max(Math.floor(this.scroll.clientHeight / this.#height) - 2, 1)
  }

  get #height() {
    return parseFloat(getComputedStyle(this.body).getPropertyValue('--row')) || 28
  }

  /** Where a request stands, counted from the newest; -1 where it is not listed. Rows are sorted by id. */
  #position(id) {
    let low = 0
    let high = this.rows.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.rows[middle].id
      if (found === id) return this.rows.length - 1 - middle
      if (found < id) low = middle + 1
      else high = middle - 1
    }
    return -1
  }

  #draw() {
    const count = this.rows.length
    const height = this.#height
    this.body.style.height = `${count * height}px`
    if (this.#moved) {
      this.scroll.scrollTop += this.#moved * height
      this.#moved = 0
    }
    const { scrollTop, clientHeight } = this.scroll
    if (scrollTop === 0) this.#unseen = 0
    this.newer.hidden = this.#unseen === 0
    this.newer.textContent = `↑ ${this.#unseen.toLocaleString('en')} newer`
    this.element.setAttribute('aria-rowcount', count + 1)
    const first = Math.max(Math.floor(scrollTop / height) - AROUND, 0)
    const last = Math.min(Math.ceil((scrollTop + clientHeight) / height) + AROUND, count)
    for (let index = first; index < last; index++) {
      const element = (this.#pool[index - first] ??= this.body.appendChild(emptyRow()))
      const row = this.rows[count - 1 - index]
      if (element.shown !== row) fill(element, row)
      if (element.index !== index || element.height !== height) {
        Object.assign(element, { index, height })
        element.style.transform = `translateY(${index * height}px)`
        element.setAttribute('aria-rowindex', index + 2)
      }
      const selected = String(row.id === this.selected)
      if (element.getAttribute('aria-selected') !== selected) element.setAttribute('aria-selected', selected)
      element.hidden = false
    }
    for (const element of this.#pool.slice(Math.max(last - first, 0))) {
      element.hidden = true
      element.shown = null
    }
    const active = this.selected !== null && find(`#row-${this.selected}:not([hidden])`, this.body)
    if (active) this.element.setAttribute('aria-activedescendant', active.id)
    else this.element.removeAttribute('aria-activedescendant')
  }
}

const CELLS = ['time', 'status', 'what', 'account', 'operation', 'error', 'diagnosis', 'duration']

function emptyRow() {
  const cells = Object.fromEntries(CELLS.map((name) => [name, make('span', { class: name, role: 'gridcell' })]))
  for (const part of ['method', 'folder', 'leaf']) cells.what.append((cells[part] = make('span', { class: part })))
  for (const part of ['fault', 'code', 'sentence'])
    cells.diagnosis.append((cells[part] = make('span', { class: part })))
  return Object.assign(
    make(
      'div',
      { role: 'row', class: 'row' },
      CELLS.map((name) => cells[name]),
    ),
    { cells },
  )
}

export const kind = (row) =>
  row.violation ? 'violation' : row.faults.length ? 'fault' : isRefused(row) ? 'refused' : 'fine'

function fill(element, row) {
  const { cells } = element
  const cut = row.path.lastIndexOf('/') + 1
  element.shown = row
  element.id = `row-${row.id}`
  element.dataset.kind = kind(row)
  cells.time.textContent = clockTime(row.at)
  cells.status.textContent = row.status ?? '–'
  cells.method.textContent = row.method
  cells.folder.textContent = row.path.slice(0, cut)
  cells.leaf.textContent = row.path.slice(cut)
  cells.what.title = `${row.method} ${row.path}`
  cells.account.textContent = row.account ?? ''
  cells.operation.textContent = row.operation ?? ''
  cells.error.textContent = row.error ?? ''
  cells.error.title = row.error ?? ''
  cells.fault.textContent = row.faults.join(' ')
  cells.code.textContent = row.code ?? ''
  cells.sentence.textContent = row.sentence ?? ''
  cells.diagnosis.title = row.sentence ?? ''
  cells.duration.textContent = milliseconds(row.duration)
  cells.duration.classList.toggle('slow', row.duration >= SLOW)
}
