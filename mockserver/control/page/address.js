// The address after #: the view, the filters, the open request or account. `#/requests?only=refused&open=17`.

import { EMPTY } from './store.js'

export const VIEWS = ['requests', 'violations', 'accounts', 'faults']

export function read(hash) {
  const [, view = '', query = ''] = /^#\/?([^?]*)\??(.*)$/s.exec(hash) ?? []
  const given = new URLSearchParams(query)
  const filter = Object.fromEntries(Object.keys(EMPTY).map((name) => [name, given.get(name) ?? '']))
  const open = /^\d{1,15}$/.test(given.get('open') ?? '') ? Number(given.get('open')) : null
  return {
    view: VIEWS.includes(view) ? view : 'requests',
    filter,
    open,
    name: given.get('name'),
    figures: given.get('figures') ?? 'getTradeBalance',
  }
}

export function write({ view, filter, open, name, figures }) {
  const said = new URLSearchParams()
  if (view === 'accounts') {
    if (name) said.set('name', name)
    said.set('figures', figures)
  } else if (view !== 'faults') {
    for (const [field, value] of Object.entries(filter)) if (value) said.set(field, value)
    if (open !== null) said.set('open', open)
  }
  return `#/${view}${said.size ? `?${said}` : ''}`
}
