// The violations by their codes: how many of each, and the latest words for it.

import { find, make } from './dom.js'
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

/** Draw the groups into `element`; `chosen` is the code that is filtered by, `choose(code)` changes it. */
export function drawCodes(element, groups, chosen, choose) {
  const most = groups[0]?.count ?? 1
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.code : null
  element.replaceChildren(
    ...groups.map(({ code, count, accounts, latest }) => {
      const bar = make('span', { class: 'bar-of' })
      bar.style.width = `${Math.max((count / most) * 100, 2)}%`
      return make(
        'button',
        {
          type: 'button',
          'data-code': code,
          'aria-pressed': String(code === chosen),
          onclick: () => choose(code === chosen ? '' : code),
        },
        make('span', { class: 'amount' }, count.toLocaleString('en')),
        make('span', { class: 'track' }, bar),
        make('span', { class: 'code' }, code),
        make('span', { class: 'sentence' }, latest.sentence ?? ''),
        make('span', { class: 'quiet' }, `${counted(accounts.size, 'account')} · ${clockTime(latest.at)}`),
      )
    }),
  )
  if (!groups.length)
    element.replaceChildren(make('p', { class: 'quiet pad' }, 'No violation: no request has broken Kraken’s contract.'))
  if (focused) find(`[data-code="${CSS.escape(focused)}"]`, element)?.focus()
}
