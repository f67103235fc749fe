// How many requests arrive: a figure, and the last minute as a line.

import { find, make } from './dom.js'
import { isRefused } from './store.js'

const SECONDS = 60
const STEP = 1000

export class Rate {
  #all = new Array(SECONDS).fill(0)
  #refused = new Array(SECONDS).fill(0)
  #now = [0, 0]

  constructor() {
    this.output = find('#rate')
    const svg = find('#spark')
    svg.append((this.area = make('path', { class: 'all' })), (this.line = make('path', { class: 'refused' })))
    setInterval(() => this.#tick(), STEP)
  }

  count(rows, dropped = 0) {
    this.#now[0] += rows.length + dropped
    for (const row of rows) if (isRefused(row)) this.#now[1] += 1
  }

  #tick() {
    const [all, refused] = this.#now
    this.#now = [0, 0]
    this.#all = [...this.#all.slice(1), all]
    this.#refused = [...this.#refused.slice(1), refused]
    this.output.textContent = all.toLocaleString('en')
    const most = Math.max(...this.#all, 4)
    this.area.setAttribute('d', shape(this.#all, most))
    this.line.setAttribute('d', shape(this.#refused, most))
  }
}

const shape = (values, most) =>
  `M0 20${values.map((value, index) => `L${(index * 60) / (SECONDS - 1)} ${(20 - (value / most) * 19).toFixed(1)}`).join('')}L60 20Z`
