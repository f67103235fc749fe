// The violations by their codes: how many of each, and the latest words for it.

import { make } from './dom.js'
import { clockTime, counted } from './text.js'

/** Groups of the violations among `rows`, the most frequent first. */
export function grouped(rows) {
  const groups = new Map()
  for (const row of rows) {
    if (!row.violation) continue
    let group = groups.get(row.code)
    if (!group) groups.set(row.code, (group = { code: row.code, count: 0, accounts: new Set() }))
    group.count += 1
    group.accounts.add(row.account)
    group.latest = row
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || a.code.localeCompare(b.code))
}

const CELLS = ['amount', 'track', 'code', 'sentence', 'quiet']

/** Draw the groups into `element`, a button each, which stays the same one as long as its code is there. */
export function drawCodes(element, groups, chosen) {
  const known = new Map([...element.children].map((button) => [button.dataset.code, button]))
  groups.forEach((group, index) => {
    const button = known.get(group.code) ?? emptyGroup(group.code)
    known.delete(group.code)
    if (element.children[index] !== button) element.insertBefore(button, element.children[index] ?? null)
    fill(button, group, groups[0].count)
    button.setAttribute('aria-pressed', String(group.code === chosen))
  })
  for (const button of known.values()) button.remove()
}

function emptyGroup(code) {
  const cells = Object.fromEntries(CELLS.map((name) => [name, make('span', { class: name })]))
  cells.bar = cells.track.appendChild(make('span', { class: 'bar-of' }))
  cells.code.textContent = code
  const button = make('button', { type: 'button', 'data-code': code }, Object.values(cells).slice(0, CELLS.length))
  return Object.assign(button, { cells })
}

function fill({ cells }, { count, accounts, latest }, most) {
  cells.amount.textContent = count.toLocaleString('en')
  cells.bar.style.width = `${Math.max((count / most) * 100, 2)}%`
  cells.sentence.textContent = latest.sentence ?? ''
  cells.quiet.textContent = `${counted(accounts.size, 'account')} · ${clockTime(latest.at)}`
}
