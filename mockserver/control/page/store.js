// The requests that the page knows, oldest first, and which of them a filter wants.

/** Rows that are kept; a few more wait to be dropped together. */
export const MOST = 5000
const SLACK = 500

export class Store {
  rows = []
  #byId = new Map()
  #cleared = 0

  /** Take in a batch; returns the rows that are new. */
  add(batch) {
    const fresh = batch.filter((row) => row.id > this.#cleared && !this.#byId.has(row.id))
    if (!fresh.length) return fresh
    const newest = this.rows.at(-1)?.id ?? 0
    for (const row of fresh) this.#byId.set(row.id, row)
    this.rows.push(...fresh)
    if (fresh.some((row, index) => row.id < (index ? fresh[index - 1].id : newest)))
      this.rows.sort((a, b) => a.id - b.id)
    if (this.rows.length > MOST + SLACK) {
      for (const row of this.rows.splice(0, this.rows.length - MOST)) this.#byId.delete(row.id)
    }
    return fresh
  }

  get(id) {
    return this.#byId.get(id)
  }

  /** Forget what is here, and never take it in again. */
  clear() {
    this.#cleared = this.rows.at(-1)?.id ?? this.#cleared
    this.rows = []
    this.#byId.clear()
  }

  /** Forget everything: the fake is another one now. */
  restart() {
    this.clear()
    this.#cleared = 0
  }
}

export const EMPTY = { text: '', account: '', operation: '', status: '', code: '', only: '' }
export const NOBODY = '(none)'

export const isRefused = (row) => row.error !== null || row.status === null || row.status >= 400

const ONLY = {
  refused: isRefused,
  violations: (row) => row.violation,
  faults: (row) => row.faults.length > 0,
}

/** Whether a row is wanted, as a function: what the filter does not ask for costs nothing. */
export function wanted(filter) {
  const tests = []
  if (filter.only in ONLY) tests.push(ONLY[filter.only])
  if (filter.account) tests.push((row) => (row.account ?? NOBODY) === filter.account)
  if (filter.operation) tests.push((row) => (row.operation ?? NOBODY) === filter.operation)
  if (filter.status) tests.push((row) => String(row.status ?? NOBODY) === filter.status)
  if (filter.code) tests.push((row) => (row.code ?? '').startsWith(filter.code))
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length) tests.push((row) => words.every((word) => haystack(row).includes(word)))
  return (row) => tests.every((test) => test(row))
}

function haystack(row) {
  row.haystack ??= [
    `#${row.id}`,
    row.method,
    row.path,
    row.account,
    row.operation,
    row.status,
    row.error,
    row.code,
    row.sentence,
    ...row.faults,
  ]
    .join(' ')
    .toLowerCase()
  return row.haystack
}
