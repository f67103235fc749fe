// Puts the page together: address, stream, filters, keys.

import { Accounts } from './accounts.js'
import { read, VIEWS, write } from './address.js'
import { call } from './api.js'
import { drawCodes, grouped } from './codes.js'
import { copier, find, framed, make } from './dom.js'
import { FaultsView } from './faults.js'
import { List } from './list.js'
import { Rate } from './rate.js'
import { RequestView } from './request.js'
import { EMPTY, NOBODY, Store, wanted } from './store.js'
import { listen } from './stream.js'
import { krakensError } from './text.js'

const store = new Store()
const rate = new Rate()
const list = new List(find('#list'), (row) => open(row.id))
const request = new RequestView(find('#request'), {
  close,
  open,
  filter: (fields) => narrow(fields),
  summary: (id) => store.get(id),
})
const accounts = new Accounts(find('#account-list'), find('#account-view'), (name, figures) => go({ name, figures }))
const faults = new FaultsView(find('#faults'), {
  seen: () => seen.operation,
  filter: (fields) => go({ view: 'requests', filter: { ...EMPTY, ...fields }, open: null }),
})

let state = read(location.hash)
let shown = []
let matches = () => true
let paused = false
let waiting = 0
let fresh = true // the next batch is the journal as it was, not traffic
let server = null
let unwatched = 0
const backfilled = new Set()

// The address.

function go(change, { replace = false } = {}) {
  const hash = write({ ...state, ...change })
  if (hash === location.hash) return arrive()
  history[replace ? 'replaceState' : 'pushState'](null, '', hash)
  arrive()
}

function arrive() {
  const before = state
  state = read(location.hash)
  const listing = state.view === 'requests' || state.view === 'violations'
  if (!listing) state.filter = before.filter
  if (state.view !== 'accounts') Object.assign(state, { name: before.name, figures: before.figures })
  find('#requests').hidden = !listing
  find('#accounts').hidden = state.view !== 'accounts'
  find('#faults').hidden = state.view !== 'faults'
  find('#codes').hidden = state.view !== 'violations'
  find('#only').hidden = state.view === 'violations'
  for (const link of document.querySelectorAll('[data-view]')) {
    if (link.dataset.view === state.view) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  if (state.view === 'accounts') accounts.show(state.name, state.figures)
  else accounts.hide()
  if (state.view === 'faults') faults.show()
  else faults.hide()
  if (!listing) return
  showFilter()
  if (state.view !== before.view || JSON.stringify(state.filter) !== JSON.stringify(before.filter)) refilter()
  if (state.view === 'violations') backfill()
  if (state.open === null) {
    request.close()
    find('#requests').classList.remove('opened')
  } else {
    find('#requests').classList.add('opened')
    request.open(state.open)
    list.select(state.open, state.open !== before.open)
  }
}

// The list.

const LABELS = { account: 'Any account', operation: 'Any operation', status: 'Any status' }
const seen = Object.fromEntries(Object.keys(LABELS).map((name) => [name, new Set()]))
const codes = new Set()
const stale = new Set()
const MOST_OFFERED = 300 // of what a field can be set to, the latest

function refilter() {
  matches = wanted(state.view === 'violations' ? { ...state.filter, only: 'violations' } : state.filter)
  shown = store.rows.filter(matches)
  waiting = 0
  list.replace(shown)
  list.toTop()
  drawAround()
}

function took(batch) {
  const rows = store.add(batch)
  if (!fresh) {
    rate.count(rows)
    if (document.hidden) unwatched += rows.filter((row) => row.violation).length
  }
  fresh = false
  if (!rows.length) return drawAround()
  rows.forEach(note)
  const added = rows.filter(matches)
  if (paused) waiting += added.length
  else if (added.length && shown.length && added[0].id < shown.at(-1).id)
    list.replace((shown = store.rows.filter(matches)))
  else {
    const oldest = store.rows[0].id
    if (shown.length && shown[0].id < oldest) shown = shown.filter((row) => row.id >= oldest)
    shown.push(...added)
    list.grow(shown, added.length)
  }
  drawAround()
}

/** Remember what a row offers to filter by. */
function note(row) {
  for (const [name, values] of Object.entries(seen)) {
    const value = String(row[name] ?? NOBODY)
    if (values.has(value)) continue
    values.add(value)
    stale.add(name)
    offerStale()
  }
  if (row.code && !codes.has(row.code)) {
    codes.add(row.code)
    find('#known-codes').replaceChildren(...[...codes].sort().map((value) => make('option', { value })))
  }
}

function offer(name) {
  const values = [...seen[name]].slice(-MOST_OFFERED).sort()
  const chosen = state.filter[name]
  if (chosen && !values.includes(chosen)) values.unshift(chosen)
  const select = find(`#${name}`)
  select.replaceChildren(
    make('option', { value: '' }, LABELS[name]),
    ...values.map((value) => make('option', { value }, value)),
  )
  select.value = chosen
}

/** New values are offered at once, but not in a list that is being chosen from. */
const offerStale = framed(() => {
  for (const name of stale) {
    if (document.activeElement === find(`#${name}`)) continue
    stale.delete(name)
    offer(name)
  }
})

const drawAround = framed(() => {
  const filtered = JSON.stringify(state.filter) !== JSON.stringify(EMPTY) || state.view === 'violations'
  find('#count').textContent = filtered
    ? `${shown.length.toLocaleString('en')} of ${store.rows.length.toLocaleString('en')}`
    : store.rows.length.toLocaleString('en')
  find('#pause').textContent = paused ? (waiting ? `Resume · ${waiting.toLocaleString('en')} new` : 'Resume') : 'Pause'
  const violations = store.rows.reduce((sum, row) => sum + row.violation, 0)
  badge('#violation-count', violations)
  document.title = unwatched ? `(${unwatched}) kraken-mock` : 'kraken-mock'
  find('#empty').hidden = shown.length > 0
  if (!shown.length) drawEmpty()
  if (state.view === 'violations') drawGroups()
})

function badge(selector, count) {
  const element = find(selector)
  element.hidden = !count
  element.textContent = count.toLocaleString('en')
}

const GROUPS_EVERY = 400
let groupsDrawn = 0

function drawGroups() {
  const wait = groupsDrawn + GROUPS_EVERY - performance.now()
  if (wait > 0) {
    setTimeout(drawAround, wait)
    return
  }
  groupsDrawn = performance.now()
  drawCodes(find('#codes'), grouped(store.rows), state.filter.code)
}

/** Violations older than what the stream began with. */
async function backfill() {
  if (backfilled.has(server)) return
  backfilled.add(server)
  const entries = await call('GET', 'violations?limit=1000').then(
    (answer) => answer.entries,
    () => [],
  )
  const older = entries.map(({ request: { method, path }, response, diagnosis, ...entry }) => ({
    ...entry,
    method,
    path,
    status: response?.status ?? null,
    error: response && krakensError(response.body),
    code: diagnosis?.code ?? null,
    sentence: diagnosis?.sentence ?? null,
  }))
  const was = fresh
  fresh = true
  took(older)
  fresh = was
}

function drawEmpty() {
  const place = find('#empty')
  const filtered = JSON.stringify(state.filter) !== JSON.stringify(EMPTY)
  const about = filtered && store.rows.length ? 'filter' : state.view
  if (place.dataset.about === about) return
  place.dataset.about = about
  if (about === 'filter') {
    place.replaceChildren(
      make('p', {}, 'No request fits the filter.'),
      make('button', { type: 'button', onclick: () => narrow(EMPTY) }, 'Show all'),
    )
    return
  }
  if (about === 'violations') {
    place.replaceChildren(
      make('h2', {}, 'No violation'),
      make('p', {}, 'No request here has broken Kraken’s contract.'),
    )
    return
  }
  const command = `curl ${location.origin}/0/public/SystemStatus`
  place.replaceChildren(
    make('h2', {}, 'Waiting for the first request'),
    make(
      'p',
      {},
      'Point your client at ',
      make('code', {}, location.origin),
      ' and every request appears here as it is answered.',
    ),
    make('p', { class: 'try' }, make('code', {}, command), copier(command)),
  )
}

function open(id) {
  go({ open: id })
}

function close() {
  go({ open: null })
  find('#list').focus()
}

function pause() {
  paused = !paused
  if (paused) shown = [...shown]
  find('#pause').setAttribute('aria-pressed', String(paused))
  showConnection()
  if (!paused) refilter()
  drawAround()
}

function clear() {
  store.clear()
  list.selected = null
  refilter()
}

function move(steps) {
  if (state.view === 'accounts') return accounts.step(Math.sign(steps))
  if (state.view === 'faults') return undefined
  const row = list.step(steps)
  if (row && state.open !== null) go({ open: row.id }, { replace: true })
  return undefined
}

// The filters.

const fields = ['text', 'account', 'operation', 'status', 'code'].map((name) => find(`#${name}`))

function showFilter() {
  for (const name of Object.keys(LABELS)) offer(name)
  for (const field of fields) if (field.value !== state.filter[field.id]) field.value = state.filter[field.id]
  for (const radio of document.querySelectorAll('[name=only]')) radio.checked = radio.value === state.filter.only
  find('.filters').classList.toggle('active', JSON.stringify(state.filter) !== JSON.stringify(EMPTY))
}

function narrow(change) {
  go({ filter: { ...state.filter, ...change } }, { replace: true })
}

for (const field of fields) {
  field.addEventListener('input', () => narrow({ [field.id]: field.value }))
  field.addEventListener('blur', offerStale)
}
find('#only').addEventListener('change', (event) => narrow({ only: event.target.value }))
find('.filters').addEventListener('submit', (event) => event.preventDefault())
find('#codes').addEventListener('click', (event) => {
  const code = event.target.closest('[data-code]')?.dataset.code
  if (code) narrow({ code: code === state.filter.code ? '' : code })
})
find('#pause').addEventListener('click', pause)
find('#clear').addEventListener('click', clear)

// The stream.

let connection = 'connecting'

function showConnection() {
  const place = find('#connection')
  place.dataset.state = paused && connection === 'live' ? 'paused' : connection
  place.textContent = { connecting: 'connecting', live: 'live', paused: 'paused', lost: 'reconnecting' }[
    place.dataset.state
  ]
}

function heard(event, payload) {
  if (event === 'requests') took(payload)
  else if (event === 'dropped') rate.count([], payload)
  else if (event === 'state') changed(payload)
}

function changed(now) {
  if (server !== null && server !== now.server) {
    store.restart()
    refilter()
  }
  server = now.server
  find('#version').textContent = now.version
  badge('#account-count', now.accounts)
  badge('#fault-count', now.faults)
  accounts.changed()
  if (state.view === 'faults') faults.changed()
}

listen(heard, (became) => {
  connection = became
  if (became === 'live') fresh = true
  showConnection()
})

// The keys.

const KEYS = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  PageDown: () => move(list.page),
  PageUp: () => move(-list.page),
  g: () => move(-Infinity),
  Home: () => move(-Infinity),
  G: () => move(Infinity),
  End: () => move(Infinity),
  Enter: () => list.selected !== null && open(list.selected),
  Escape: () => state.open !== null && close(),
  p: pause,
  c: clear,
  t: switchTheme,
  '?': () => find('#keys').showModal(),
  '/': () => {
    if (state.view === 'accounts' || state.view === 'faults') go({ view: 'requests' })
    find('#text').select()
    find('#text').focus()
  },
  ...Object.fromEntries(VIEWS.map((view, index) => [String(index + 1), () => go({ view, open: null })])),
}
const PRESSES = new Set(['Enter', ' '])

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || find('dialog[open]')) return
  const { target, key } = event
  if (target.matches('input, select, textarea')) {
    if (key === 'Escape') {
      event.preventDefault()
      if (target.type === 'search' && target.value) narrow({ [target.id]: '' })
      else target.blur()
    }
    if (key === 'Enter' && target.id === 'text') find('#list').focus()
    if (!target.matches('[type=radio]') || key.startsWith('Arrow')) return
  }
  if (PRESSES.has(key) && target.closest('button, a, summary')) return
  if (['PageDown', 'PageUp', 'ArrowDown', 'ArrowUp', 'Home', 'End'].includes(key) && target.closest('#request, .sheet'))
    return
  const act = KEYS[key]
  if (!act) return
  event.preventDefault()
  act()
})

// The rest of the bar.

function switchTheme() {
  const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset.theme = theme
  localStorage.setItem('theme', theme)
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches: dark }) => {
  if (localStorage.getItem('theme') === null) document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})
for (const link of document.querySelectorAll('[data-view]')) {
  link.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    go({ view: link.dataset.view, open: null })
  })
}
find('#theme').addEventListener('click', switchTheme)
find('#help').addEventListener('click', () => find('#keys').showModal())
find('#keys [data-close]').addEventListener('click', () => find('#keys').close())
document.addEventListener('visibilitychange', () => {
  unwatched = 0
  drawAround()
})
addEventListener('hashchange', arrive)
addEventListener('popstate', arrive)

refilter()
arrive()
