// One request: why it was refused, what was signed and what should have been, and every byte of it.

import { call } from './api.js'
import { comparison } from './compare.js'
import { copier, find, make } from './dom.js'
import { kind } from './list.js'
import { indented, isoTime, krakensError, milliseconds } from './text.js'

const MOST_SHOWN = 20_000 // characters of a body before a click shows the rest
const SIDE = 9 // characters that the words "signed" and "expected" take beside the bytes

export class RequestView {
  #id = null
  #entry = null
  #width = 0

  /** `actions`: close(), open(id), filter(fields), summary(id) of a request that the page knows. */
  constructor(element, actions) {
    this.element = element
    this.actions = actions
    new ResizeObserver(() => this.#fit()).observe(element)
  }

  close() {
    this.#id = this.#entry = null
    this.element.hidden = true
    this.element.replaceChildren()
  }

  async open(id) {
    if (id === this.#id) return
    this.#id = id
    this.#entry = null
    this.element.hidden = false
    this.element.scrollTop = 0
    const known = this.actions.summary(id)
    this.element.replaceChildren(
      known ? this.#head(known, known) : this.#plainHead(),
      make('p', { class: 'quiet pad' }, 'Reading the journal …'),
    )
    let content
    try {
      this.#entry = await call('GET', `journal/${id}`)
      content = this.#content(this.#entry)
    } catch (error) {
      const why =
        error.status === 404
          ? `The journal has forgotten request ${id}: it keeps the newest of each account.`
          : error.message
      content = [
        known ? this.#head(known, known) : this.#plainHead(),
        make('p', { class: 'problem pad', role: 'alert' }, why),
      ]
    }
    if (id === this.#id) this.element.replaceChildren(...content)
    this.#fit()
  }

  #plainHead() {
    return make('header', {}, make('h2', {}, `Request ${this.#id}`), this.#closer())
  }

  #closer() {
    return make(
      'button',
      { type: 'button', class: 'icon', 'aria-label': 'Close', title: 'Close (Esc)', onclick: this.actions.close },
      '×',
    )
  }

  #head(row, { method, path }) {
    const filter = (name, value) =>
      value &&
      make(
        'button',
        {
          type: 'button',
          class: 'link',
          title: `Only this ${name}`,
          onclick: () => this.actions.filter({ [name]: value }),
        },
        value,
      )
    return make(
      'header',
      { 'data-kind': kind(row) },
      make('h2', {}, make('span', { class: 'method' }, method), ' ', path),
      this.#closer(),
      make(
        'p',
        { class: 'facts-line' },
        make('span', { class: 'status' }, row.status ?? 'no answer'),
        make('span', {}, `#${row.id}`),
        make('span', { title: 'By the clock of its account' }, isoTime(row.at)),
        make('span', {}, `${milliseconds(row.duration)} ms`),
        filter('account', row.account),
        filter('operation', row.operation),
      ),
    )
  }

  #content(entry) {
    const { request, response, diagnosis } = entry
    const row = { ...this.actions.summary(entry.id), ...entry, status: response?.status ?? null }
    row.error ??= response && krakensError(response.body)
    return [
      this.#head(row, request),
      this.#verdict(entry, row),
      diagnosis?.remedy && remedy(diagnosis.remedy),
      make('div', { class: 'comparisons' }),
      facts(diagnosis?.facts),
      this.#related(diagnosis?.related),
      ruledOut(diagnosis?.ruled_out),
      section(
        'Request',
        copier(rawRequest(request)),
        make(
          'pre',
          {},
          make('span', { class: 'strong' }, startLine(request)),
          '\n',
          Object.entries(request.headers).map(([name, value]) => [
            make('span', { class: 'name' }, name),
            ': ',
            value,
            '\n',
          ]),
        ),
        request.body && body(request.body, request.headers['content-type'] ?? ''),
      ),
      response
        ? section(
            'Answer',
            copier(response.body),
            make('pre', {}, make('span', { class: 'strong' }, `${response.status}  ${response.content_type}`), '\n'),
            body(response.body, response.content_type),
          )
        : section('Answer', null, make('p', { class: 'quiet' }, 'None: a fault left the request without one.')),
    ].filter(Boolean)
  }

  #verdict({ diagnosis, faults, from_example: fromExample, recording, violation }, row) {
    const notes = [
      ...faults.map((fault) => `${fault} befell this request.`),
      fromExample && 'The fake has no handler for this operation: the answer is the document’s example.',
      recording && `Played from ${recording}.`,
      violation && 'A violation: Kraken’s contract forbids this request.',
    ].filter(Boolean)
    const codes = diagnosis?.codes?.length ? diagnosis.codes : [diagnosis?.code].filter(Boolean)
    return make(
      'section',
      { class: 'verdict', 'data-kind': kind(row) },
      row.error && make('p', { class: 'error' }, row.error),
      make(
        'p',
        { class: 'sentence' },
        diagnosis?.sentence ?? (row.error ? 'No diagnosis.' : faults.length ? '' : 'Answered.'),
      ),
      codes.length > 0 &&
        make(
          'p',
          { class: 'chips' },
          codes.map((code) =>
            make(
              'button',
              {
                type: 'button',
                class: 'chip',
                title: 'All requests with this diagnosis',
                onclick: () => this.actions.filter({ code }),
              },
              code,
            ),
          ),
        ),
      notes.map((note) => make('p', { class: 'quiet' }, note)),
    )
  }

  #related(ids) {
    if (!ids?.length) return null
    return section(
      'Related requests',
      null,
      make(
        'ul',
        { class: 'related' },
        ids.map((id) => {
          const row = this.actions.summary(id)
          return make(
            'li',
            {},
            make(
              'button',
              { type: 'button', class: 'link', onclick: () => this.actions.open(id) },
              `#${id}`,
              row &&
                make('span', { class: 'quiet' }, ` ${row.method} ${row.path} ${row.status ?? ''} ${row.code ?? ''}`),
            ),
          )
        }),
      ),
    )
  }

  /** Lay the comparison out for the width there is. */
  #fit() {
    const place = find('.comparisons', this.element)
    const parts = this.#entry?.diagnosis?.comparison
    if (!place || !parts?.length) return
    const probe = place.appendChild(make('code', { class: 'bytes probe' }, '0'.repeat(20)))
    const width = Math.max(Math.floor(place.clientWidth / (probe.getBoundingClientRect().width / 20)) - SIDE, 16)
    probe.remove()
    if (width === this.#width && place.childElementCount) return
    this.#width = width
    place.replaceChildren(
      section(
        'Signed and expected',
        null,
        parts.map((part) => comparison(part, width)),
      ),
    )
  }
}

function section(title, tools, ...content) {
  return make('section', { class: 'block' }, make('h3', {}, title, tools), content)
}

function remedy({ sentence, language, line }) {
  return make(
    'section',
    { class: 'block remedy' },
    make('h3', {}, 'Remedy', line && copier(line)),
    make('p', {}, sentence),
    line && make('pre', { 'data-language': language ?? 'formula' }, line),
  )
}

function facts(found) {
  const names = Object.entries(found ?? {})
  return (
    names.length > 0 &&
    section(
      'Facts',
      null,
      make(
        'dl',
        { class: 'facts' },
        names.map(([name, value]) => [make('dt', {}, name), make('dd', {}, String(value))]),
      ),
    )
  )
}

function ruledOut(codes) {
  return (
    codes?.length > 0 &&
    make(
      'details',
      { class: 'block' },
      make('summary', {}, `Ruled out: ${codes.length} known mistakes were tried`),
      make(
        'p',
        { class: 'chips' },
        codes.map((code) => make('span', { class: 'chip plain' }, code)),
      ),
    )
  )
}

const startLine = ({ method, path, query }) => `${method} ${path}${query ? `?${query}` : ''}`

const rawRequest = (request) =>
  [
    startLine(request),
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
    '',
    request.body,
  ].join('\n')

/** A body: JSON indented, with its tokens as they are; anything else as it stands. */
function body(text, type) {
  if (!text) return make('p', { class: 'quiet' }, 'empty')
  const place = make('pre', { class: 'body' })
  const fill = (shown) => {
    const pieces = /json/.test(type)
      ? indented(shown).map(([name, piece]) => make('span', { class: `json-${name}` }, piece))
      : [shown]
    place.replaceChildren(...pieces)
  }
  fill(text.slice(0, MOST_SHOWN))
  if (text.length <= MOST_SHOWN) return place
  const rest = make(
    'button',
    {
      type: 'button',
      class: 'small',
      onclick: () => {
        fill(text)
        rest.remove()
      },
    },
    `Show all ${text.length.toLocaleString('en')} characters`,
  )
  return [place, rest]
}
