// Two texts of bytes side by side: which of them differ, aligned in one grid.

import { make } from './dom.js'

const BYTE = /\\x[0-9a-fA-F]{2}|[\s\S]/g
const MOST_CELLS = 250_000 // of the table behind the longest common subsequence; beyond it a difference stays whole
const SHORTEST_RUN = 3 // equal bytes between two differences, fewer are taken as chance
const AROUND = 1 // equal lines kept around a difference

export const bytes = (text) => text.match(BYTE) ?? []

/** Columns `[signed, expected]` of one byte each, `null` where one side has none. */
export function align(signed, expected) {
  let start = 0
  while (start < signed.length && start < expected.length && signed[start] === expected[start]) start++
  let end = 0
  const room = Math.min(signed.length, expected.length) - start
  while (end < room && signed.at(-1 - end) === expected.at(-1 - end)) end++
  const same = (list, from, to) => list.slice(from, to).map((byte) => [byte, byte])
  return [
    ...same(signed, 0, start),
    ...middle(signed.slice(start, signed.length - end), expected.slice(start, expected.length - end)),
    ...same(signed, signed.length - end, signed.length),
  ]
}

/** Runs that both have, in order, found by their longest common subsequence; what is between them is side by side. */
function middle(signed, expected) {
  if (!signed.length || !expected.length || signed.length * expected.length > MOST_CELLS)
    return beside(signed, expected)
  const width = expected.length + 1
  const lengths = new Uint16Array((signed.length + 1) * width)
  for (let i = signed.length - 1; i >= 0; i--) {
    for (let j = expected.length - 1; j >= 0; j--) {
      const here = i * width + j
      lengths[here] =
        signed[i] === expected[j] ? lengths[here + width + 1] + 1 : Math.max(lengths[here + width], lengths[here + 1])
    }
  }
  const columns = []
  let from = [0, 0]
  let i = 0
  let j = 0
  while (i < signed.length && j < expected.length) {
    let run = 0
    while (i + run < signed.length && j + run < expected.length && signed[i + run] === expected[j + run]) run++
    if (run >= SHORTEST_RUN) {
      columns.push(...beside(signed.slice(from[0], i), expected.slice(from[1], j)))
      for (let step = 0; step < run; step++) columns.push([signed[i + step], signed[i + step]])
      i += run
      j += run
      from = [i, j]
    } else if (lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) i++
    else j++
  }
  return [...columns, ...beside(signed.slice(from[0]), expected.slice(from[1]))]
}

function beside(signed, expected) {
  return Array.from({ length: Math.max(signed.length, expected.length) }, (_, index) => [
    signed[index] ?? null,
    expected[index] ?? null,
  ])
}

/** Columns cut into lines at most `width` characters wide; each line `{columns, offset, same}`. */
export function lines(columns, width) {
  const cut = []
  let line = null
  let used = 0
  columns.forEach((column, offset) => {
    const wide = breadth(column)
    if (line === null || used + wide > width) {
      line = { columns: [], offset, same: true }
      cut.push(line)
      used = 0
    }
    line.columns.push(column)
    line.same &&= column[0] === column[1]
    used += wide
  })
  return cut
}

const breadth = ([signed, expected]) => Math.max(signed?.length ?? 1, expected?.length ?? 1)

const IN_WORDS = /^(secret|digest|HMAC$|API-Sign|Authent)/

/** One part of what is signed, as an element `width` characters wide; `signed` is null where it is not known. */
export function comparison({ name, signed, expected }, width) {
  if (IN_WORDS.test(name)) return words(name, signed, expected)
  if (signed === null) return unknown(name, expected, width)
  const [mine, theirs] = [bytes(signed), bytes(expected)]
  if (signed === expected) {
    return make(
      'section',
      { class: 'part same' },
      heading(name, make('span', { class: 'agrees' }, `same, ${theirs.length} bytes`)),
      make('details', {}, make('summary', {}, 'show'), make('code', { class: 'bytes' }, signed)),
    )
  }
  const columns = align(mine, theirs)
  const differing = columns.filter(([left, right]) => left !== right).length
  const cut = lines(columns, width)
  const kept = cut.map((_, index) =>
    cut.slice(Math.max(index - AROUND, 0), index + AROUND + 1).some((line) => !line.same),
  )
  const content = []
  let skipped = 0
  const skip = () => {
    if (skipped) content.push(make('p', { class: 'skipped' }, `… ${skipped} same bytes …`))
    skipped = 0
  }
  cut.forEach((line, index) => {
    if (!kept[index]) skipped += line.columns.length
    else {
      skip()
      content.push(pair(line))
    }
  })
  skip()
  const sizes =
    mine.length === theirs.length ? `${mine.length} bytes` : `${mine.length} bytes signed, ${theirs.length} expected`
  return make(
    'section',
    { class: 'part' },
    heading(name, make('span', { class: 'differs' }, `${differing} differ`), make('span', { class: 'quiet' }, sizes)),
    content,
  )
}

const heading = (name, ...notes) => make('h4', {}, make('span', {}, name), notes)

function unknown(name, expected, width) {
  const cut = lines(
    bytes(expected).map((byte) => [byte, byte]),
    width,
  )
  return make(
    'section',
    { class: 'part' },
    heading(
      name,
      make('span', { class: 'quiet' }, `${bytes(expected).length} bytes expected; what was signed is not known`),
    ),
    cut.map(({ columns, offset }) =>
      make(
        'div',
        { class: 'pair' },
        make('span', { class: 'side' }, offset === 0 && 'expected'),
        make('code', { class: 'bytes expected' }, side(columns, 1)),
      ),
    ),
  )
}

function words(name, signed, expected) {
  const differs = signed !== expected
  return make(
    'section',
    { class: differs ? 'part words' : 'part same words' },
    heading(name, make('span', { class: differs ? 'differs' : 'agrees' }, differs ? 'differs' : 'same')),
    make(
      'dl',
      {},
      make('dt', {}, name === 'secret' ? 'used' : 'sent'),
      make('dd', {}, signed ?? 'not known'),
      make('dt', {}, 'expected'),
      make('dd', {}, expected),
    ),
  )
}

function pair({ columns }) {
  return make(
    'div',
    { class: 'pair' },
    make('span', { class: 'side' }, 'signed'),
    make('code', { class: 'bytes signed' }, side(columns, 0)),
    make('span', { class: 'side' }, 'expected'),
    make('code', { class: 'bytes expected' }, side(columns, 1)),
  )
}

/** One line of one side: neighbours of one kind share an element, every column is as wide as on the other side. */
function side(columns, which) {
  const runs = []
  for (const column of columns) {
    const byte = column[which]
    const kind = byte === null ? 'gap' : column[0] === column[1] ? 'equal' : 'other'
    const shown = kind === 'other' && byte === ' ' ? '␣' : (byte ?? '')
    const text = shown.padEnd(breadth(column))
    if (runs.at(-1)?.kind === kind) runs.at(-1).text += text
    else runs.push({ kind, text })
  }
  return runs.map(({ kind, text }) => make(kind === 'other' ? 'mark' : 'span', { class: kind }, text))
}
