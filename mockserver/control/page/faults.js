// What is to go wrong: a form to queue a fault, and the queue.

import { call } from './api.js'
import { find, make } from './dom.js'
import { EXPLAINED } from './accounts.js'

const EVERY = 2000
const OPERATIONS = [
  ...Object.keys(EXPLAINED),
  'getOpenOrders',
  'getServerTime',
  'getSystemStatus',
  'getAssetInfo',
  'getTradableAssetPairs',
  'getInstruments',
]
const ERRORS = [
  'EService:Busy',
  'EService:Unavailable',
  'EService:Timeout',
  'EGeneral:Internal error',
  'EGeneral:Temporary lockout',
  'EAPI:Rate limit exceeded',
  'EAPI:Invalid nonce',
  'EGeneral:Permission denied',
  'apiLimitExceeded',
  'Server Error',
  'Unavailable',
]
const STATUSES = ['502', '503', '504', '520', '429', '403']
const BODIES = [
  'html',
  'empty',
  'truncated',
  'array',
  'null',
  'no-result',
  'no-error',
  'null-result',
  'warning',
  'unknown-error',
  'extra-fields',
  'numbers',
  'missing-optional',
]
const SOCKETS = {
  reset: 'reset: the connection breaks before the answer',
  'close-mid-body': 'close-mid-body: it ends within the answer',
  'content-length': 'content-length: more is promised than comes',
  dribble: 'dribble: byte by byte',
  never: 'never: no answer comes',
}
const seconds = (name, label, value) =>
  input(name, label, { value, inputmode: 'decimal', pattern: '[0-9]*\\.?[0-9]+', required: true })

/** The kinds of fault: the fields of each, and the document that they make. */
const KINDS = {
  error: {
    label: 'Kraken’s error',
    fields: () => [
      input('error', 'Error', { value: 'EService:Busy', list: 'errors', required: true }),
      input('status', 'HTTP status', { placeholder: 'as Kraken', inputmode: 'numeric' }),
    ],
    fault: (value) => ({ error: value.error, ...(value.status ? { status: value.status } : {}) }),
    words: (fault) => [fault.error, fault.status && `with status ${fault.status}`],
  },
  status: {
    label: 'HTTP status of a gateway',
    fields: () => [
      select('status', 'Status', STATUSES),
      input('retry_after', 'Retry-After, with 429', { placeholder: 'seconds', inputmode: 'numeric' }),
    ],
    fault: (value) => ({ status: value.status, ...(value.retry_after ? { retry_after: value.retry_after } : {}) }),
    words: (fault) => [
      `status ${fault.status}`,
      fault.retry_after !== undefined && `retry after ${fault.retry_after} s`,
    ],
  },
  latency: {
    label: 'Latency, fixed',
    fields: () => [seconds('fixed', 'Seconds', '0.5')],
    fault: (value) => ({ latency: { fixed: value.fixed } }),
    words: ({ latency }) => [
      latency.fixed !== undefined
        ? `${latency.fixed} s late`
        : latency.uniform
          ? `${latency.uniform.join(' to ')} s late`
          : `about ${latency.lognormal?.median} s late, sigma ${latency.lognormal?.sigma}`,
    ],
  },
  uniform: {
    label: 'Latency, uniform',
    fields: () => [seconds('least', 'Least seconds', '0.1'), seconds('most', 'Most seconds', '0.5')],
    fault: (value) => ({ latency: { uniform: [value.least, value.most] } }),
  },
  lognormal: {
    label: 'Latency, log-normal',
    fields: () => [seconds('median', 'Median seconds', '0.1'), seconds('sigma', 'Sigma', '0.5')],
    fault: (value) => ({ latency: { lognormal: { median: value.median, sigma: value.sigma } } }),
  },
  body: {
    label: 'Another body',
    fields: () => [select('body', 'Body', BODIES)],
    fault: (value) => ({ body: value.body }),
    words: (fault) => [`body: ${fault.body}`],
  },
  socket: {
    label: 'A broken connection',
    fields: () => [select('socket', 'How', Object.keys(SOCKETS), SOCKETS)],
    fault: (value) => ({ socket: value.socket }),
    words: (fault) => [`connection: ${fault.socket}`],
  },
}

function input(name, label, properties) {
  return make('label', {}, label, make('input', { name, autocomplete: 'off', ...properties }))
}

function select(name, label, values, labels = {}) {
  return make(
    'label',
    {},
    label,
    make(
      'select',
      { name },
      values.map((value) => make('option', { value }, labels[value] ?? value)),
    ),
  )
}

const suggestions = (id, values) =>
  make(
    'datalist',
    { id },
    values.map((value) => make('option', { value })),
  )

export class FaultsView {
  #timer = null
  #drawn = ''

  /** `seen()` are the operations of requests that the page knows; `filter(fields)` shows the requests of one fault. */
  constructor(element, { seen, filter }) {
    this.element = element
    this.seen = seen
    this.filter = filter
  }

  show() {
    if (!this.element.childElementCount) this.#build()
    this.#suggest()
    clearTimeout(this.#timer)
    this.#refresh()
  }

  /** Faults have come or gone. */
  changed() {
    clearTimeout(this.#timer)
    this.#refresh()
  }

  hide() {
    clearTimeout(this.#timer)
    this.#timer = null
  }

  #build() {
    this.fields = make('div', { class: 'fields' })
    this.problem = make('p', { class: 'problem', role: 'alert' })
    this.kind = make(
      'select',
      { name: 'kind', onchange: () => this.#chooseKind() },
      Object.entries(KINDS).map(([value, { label }]) => make('option', { value }, label)),
    )
    this.form = make(
      'form',
      { class: 'fault-form', 'aria-label': 'Queue a fault', onsubmit: (event) => this.#submit(event) },
      make('h2', {}, 'Let something go wrong'),
      make(
        'div',
        { class: 'fields' },
        make('label', {}, 'Fault', this.kind),
        input('account', 'Account', { list: 'fault-accounts', placeholder: 'any' }),
        input('operation', 'Operation', { list: 'fault-operations', placeholder: 'any' }),
      ),
      this.fields,
      make(
        'div',
        { class: 'fields' },
        input('times', 'Times', { value: '1', inputmode: 'numeric', pattern: '[0-9]*', placeholder: 'for ever' }),
        input('probability', 'Probability', { placeholder: '1', inputmode: 'decimal', pattern: '(0|1|0?\\.[0-9]+)' }),
        input('seed', 'Seed', { placeholder: 'any', inputmode: 'numeric', pattern: '[0-9]*' }),
      ),
      make(
        'p',
        { class: 'quiet' },
        'Times left empty: for ever. With another body or a broken connection the request is carried out all the same, and its nonce is used.',
      ),
      this.problem,
      make('button', { class: 'primary' }, 'Queue the fault'),
      suggestions('errors', ERRORS),
      (this.accounts = suggestions('fault-accounts', [])),
      (this.operations = suggestions('fault-operations', [])),
    )
    this.queue = make('div', { class: 'queue', 'aria-live': 'polite' })
    this.all = make(
      'button',
      { type: 'button', class: 'danger', onclick: () => this.#act('DELETE', 'faults') },
      'Clear all',
    )
    this.element.replaceChildren(
      make(
        'div',
        { class: 'columns' },
        this.form,
        make(
          'section',
          { class: 'block', 'aria-label': 'Queued faults' },
          make('h2', {}, 'Queued', this.all),
          this.queue,
        ),
      ),
    )
    this.#chooseKind()
  }

  #chooseKind() {
    this.fields.replaceChildren(...KINDS[this.kind.value].fields())
  }

  async #suggest() {
    const operations = [...new Set([...OPERATIONS, ...this.seen()])].sort()
    this.operations.replaceChildren(...operations.map((value) => make('option', { value })))
    try {
      const { accounts } = await call('GET', 'accounts')
      this.accounts.replaceChildren(...accounts.map(({ name }) => make('option', { value: name })))
    } catch (error) {
      this.problem.textContent = error.message
    }
  }

  #submit(event) {
    event.preventDefault()
    const value = Object.fromEntries(new FormData(this.form))
    const { account, operation, times, probability, seed, kind } = value
    this.#act('POST', 'faults', {
      account: account.trim() || null,
      operation: operation.trim() || null,
      times: times || null,
      probability: probability ? probability.replace(/^\./, '0.') : null,
      seed: seed || null,
      fault: KINDS[kind].fault(value),
    })
  }

  async #act(...request) {
    this.problem.textContent = ''
    try {
      await call(...request)
    } catch (error) {
      this.problem.textContent = error.message
    }
    this.show()
  }

  async #refresh() {
    const mine = (this.#timer = setTimeout(() => this.#refresh(), EVERY))
    try {
      const { faults } = await call('GET', 'faults')
      if (this.#timer === mine) this.#draw(faults)
    } catch (error) {
      this.problem.textContent = error.message
    }
  }

  #draw(faults) {
    const drawn = JSON.stringify(faults)
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.all.hidden = !faults.length
    this.queue.replaceChildren(
      ...(faults.length
        ? faults.map((fault) => this.#card(fault))
        : [make('p', { class: 'quiet' }, 'Nothing: every request is answered as Kraken would answer it.')]),
    )
  }

  #card({ id, account, operation, times, remaining, probability, seed, fault }) {
    const left = remaining === null ? 'for ever' : `${remaining} of ${times} left`
    return make(
      'article',
      { class: 'fault-card', 'data-fault': id },
      make('h3', {}, words(fault)),
      make(
        'p',
        { class: 'quiet' },
        `${account ?? 'any account'} · ${operation ?? 'any operation'} · ${left}`,
        probability !== null && ` · probability ${probability}, seed ${seed}`,
      ),
      make(
        'div',
        { class: 'tools' },
        make('button', { type: 'button', class: 'link', onclick: () => this.filter({ text: id, only: 'faults' }) }, id),
        make(
          'button',
          {
            type: 'button',
            class: 'small',
            'aria-label': `Clear ${id}`,
            onclick: () => this.#act('DELETE', `faults/${encodeURIComponent(id)}`),
          },
          'Clear',
        ),
      ),
    )
  }
}

/** A fault in a few words. */
export function words(fault) {
  const kind = 'error' in fault ? 'error' : Object.keys(fault).find((name) => name in KINDS)
  return KINDS[kind]?.words(fault).filter(Boolean).join(', ') ?? JSON.stringify(fault)
}
