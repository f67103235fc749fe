// Accounts: balances, orders and positions, and how each derived figure comes about. Secrets are never shown.

import { Refused, call } from './api.js'
import { copier, find, make, table } from './dom.js'
import { counted, isoTime } from './text.js'

const EVERY = 2000
export const EXPLAINED = {
  getExtendedBalance: 'BalanceEx',
  getAccountBalance: 'Balance',
  getTradeBalance: 'TradeBalance',
  getAccounts: 'Futures accounts',
}

export class Accounts {
  #names = []
  #name = null
  #operation = 'getTradeBalance'
  #timer = null
  #drawn = ''
  #opened = new Set()

  /** `go(name, operation)` shows another account, or the figures of another operation. */
  constructor(list, view, go) {
    Object.assign(this, { list, view, go })
  }

  show(name, operation) {
    const another = name !== this.#name || operation !== this.#operation
    this.#name = name
    this.#operation = operation
    if (another) this.#drawn = ''
    clearTimeout(this.#timer)
    this.#refresh()
  }

  hide() {
    clearTimeout(this.#timer)
    this.#timer = null
  }

  step(steps) {
    const at = this.#names.indexOf(this.#name)
    const name = this.#names[Math.min(Math.max(at + steps, 0), this.#names.length - 1)]
    if (name && name !== this.#name) this.go(name, this.#operation)
  }

  /** Accounts have come or gone. */
  changed() {
    this.#names = []
  }

  async #refresh() {
    const mine = (this.#timer = setTimeout(() => this.#refresh(), EVERY))
    try {
      if (!this.#names.length) await this.#readNames()
      const name = this.#name ?? this.#names[0]
      if (!name) return
      const path = `accounts/${encodeURIComponent(name)}`
      const [account, limits, clock, figures] = await Promise.all([
        call('GET', path),
        call('GET', `${path}/limits`),
        call('GET', `${path}/clock`),
        this.#explained(path),
      ])
      if (this.#timer !== mine) return
      this.#name = name
      this.#draw(account, limits, clock, figures)
    } catch (error) {
      if (this.#timer !== mine) return
      this.#drawn = ''
      this.view.replaceChildren(make('p', { class: 'problem', role: 'alert' }, error.message))
    }
  }

  async #readNames() {
    const { accounts } = await call('GET', 'accounts')
    this.#names = accounts.map((account) => account.name)
  }

  async #explained(path) {
    try {
      return await call('GET', `${path}/explain/${encodeURIComponent(this.#operation)}`)
    } catch (error) {
      if (error instanceof Refused) return { refused: error }
      throw error
    }
  }

  #draw(account, limits, clock, explained) {
    const { now, iso, ...timeless } = clock
    const drawn = JSON.stringify([this.#names, account, limits, timeless, explained.refused?.message ?? explained])
    if (drawn === this.#drawn) return
    this.#drawn = drawn
    this.list.replaceChildren(
      ...this.#names.map((name) =>
        make(
          'a',
          {
            href: `#/accounts?name=${encodeURIComponent(name)}&figures=${this.#operation}`,
            'aria-current': name === account.name ? 'true' : null,
          },
          name,
        ),
      ),
    )
    find('[aria-current]', this.list)?.scrollIntoView({ block: 'nearest' })
    const scrolled = this.view.scrollTop
    this.view.replaceChildren(
      make(
        'header',
        {},
        make('h2', {}, account.name),
        make(
          'p',
          { class: 'facts-line' },
          make('span', {}, limits.tier === 'none' ? 'no rate limits' : `tier ${limits.tier}`),
          make('span', {}, clock.frozen ? `clock frozen at ${isoTime(now)}` : 'clock runs'),
        ),
      ),
      make(
        'div',
        { class: 'columns' },
        this.#figures(explained),
        make(
          'div',
          { class: 'holdings' },
          keys(account),
          balances(account),
          orders(account),
          positions(account),
          futures(account),
          prices(account),
        ),
      ),
    )
    this.view.scrollTop = scrolled
  }

  #figures(explained) {
    const tabs = make(
      'div',
      { class: 'choice', role: 'group', 'aria-label': 'Figures of' },
      Object.entries(EXPLAINED).map(([id, label]) =>
        make(
          'button',
          {
            type: 'button',
            'aria-pressed': String(id === this.#operation),
            onclick: () => this.go(this.#name, id),
          },
          label,
        ),
      ),
    )
    return make(
      'section',
      { class: 'block figures' },
      make('h3', {}, 'Where the figures come from', tabs),
      explained.refused
        ? cannot(explained.refused, EXPLAINED[this.#operation] ?? this.#operation)
        : this.#breakdown(explained),
    )
  }

  #breakdown({ figures, request }) {
    if (!figures.length)
      return make('p', { class: 'quiet' }, 'There is no figure in this payload: the account is empty.')
    const groups = new Map()
    for (const figure of figures) {
      const group = figure.figure.includes('.') ? figure.figure.slice(0, figure.figure.indexOf('.')) : ''
      groups.set(group, [...(groups.get(group) ?? []), figure])
    }
    return [
      make(
        'p',
        { class: 'quiet' },
        `${counted(figures.length, 'figure')}, `,
        request ? `as request ${request} was answered.` : 'as a request would be answered now.',
      ),
      [...groups].map(([group, own]) =>
        make(
          'div',
          { class: 'group' },
          group && make('h4', {}, group),
          own.map((figure) => this.#figure(figure, group)),
        ),
      ),
    ]
  }

  #figure({ figure, value, formula, inputs, sum, rounding, source, basis }, group) {
    const remember = (event) => this.#opened[event.target.open ? 'add' : 'delete'](figure)
    return make(
      'details',
      { class: 'figure', 'data-figure': figure, open: this.#opened.has(figure), ontoggle: remember },
      make(
        'summary',
        {},
        make('span', { class: 'name' }, group ? figure.slice(group.length + 1) : figure),
        make('span', { class: 'value' }, value ?? 'not printed'),
        make('code', { class: 'formula' }, formula),
        make('span', { class: `basis ${basis}` }, basis),
      ),
      make(
        'div',
        { class: 'working' },
        inputs?.length > 0 &&
          table(
            ['input', 'value', 'from'],
            inputs.map((input) => [input.name, make('code', {}, input.value), this.#origin(input.from)]),
            { numeric: ['value'] },
          ),
        sum && make('p', {}, make('code', { class: 'sum' }, sum)),
        make(
          'p',
          { class: 'quiet' },
          [rounding && `Rounded ${rounding}.`, source && `${source}.`].filter(Boolean).join(' '),
        ),
      ),
    )
  }

  /** Where an input comes from; another figure is a button that opens it. */
  #origin(from) {
    const other = /^figure (\S+)$/.exec(from ?? '')?.[1]
    const target = () => other && find(`[data-figure="${CSS.escape(other)}"]`, this.view)
    if (!other) return from ?? ''
    return make(
      'button',
      {
        type: 'button',
        class: 'link',
        onclick: () => {
          const place = target()
          if (!place) return
          place.open = true
          place.scrollIntoView({ block: 'center' })
          find('summary', place).focus()
        },
      },
      from,
    )
  }
}

function cannot(refused, operation) {
  const sentence =
    refused.status === 404
      ? `This fake does not explain the figures of ${operation}.`
      : `The figures of ${operation} cannot be explained now.`
  return make('p', { class: 'problem', role: 'alert' }, `${sentence} (${refused.status}: ${refused.message})`)
}

function block(title, ...content) {
  return make('section', { class: 'block' }, make('h3', {}, title), content)
}

const listed = (value) => (Array.isArray(value) ? value : value ? [value] : [])

function keys({ keys: { spot, futures } }) {
  const rows = [
    ['Spot', spot],
    ['Futures', futures],
  ].flatMap(([world, given]) =>
    listed(given).map((key) => [
      world,
      make('code', { class: 'key' }, key.api_key),
      copier(key.api_key),
      make(
        'span',
        { class: 'quiet', title: listed(key.permissions).join(', ') },
        counted(listed(key.permissions).length, 'permission'),
      ),
    ]),
  )
  return block('API keys', table(['', 'key', '', 'may'], rows))
}

function balances({ balances = {} }) {
  const rows = Object.entries(balances)
  if (!rows.length) return block('Spot balances', make('p', { class: 'quiet' }, 'none'))
  const credit = rows.some(([, row]) => row.credit !== undefined)
  const headings = ['asset', 'balance', ...(credit ? ['credit', 'credit used'] : [])]
  return block(
    'Spot balances',
    table(
      headings,
      rows.map(([asset, row]) => [asset, row.balance, ...(credit ? [row.credit, row.credit_used] : [])]),
      { numeric: headings.slice(1) },
    ),
  )
}

const NUMBERS = ['price', 'volume', 'executed', 'cost', 'leverage', 'size', 'entry', 'funding', 'amount', 'USD']

function optional(title, headings, rows) {
  return rows.length > 0 && block(title, table(headings, rows, { numeric: NUMBERS }))
}

function orders({ orders: open = [] }) {
  return optional(
    'Open orders',
    ['pair', 'type', 'price', 'volume', 'executed', 'leverage'],
    open.map((order) => [order.pair, order.type, order.price, order.volume, order.vol_exec, order.leverage]),
  )
}

function positions({ positions: open = [] }) {
  return optional(
    'Margin positions',
    ['pair', 'type', 'volume', 'cost', 'leverage'],
    open.map((position) => [position.pair, position.type, position.volume, position.cost, position.leverage]),
  )
}

function futures({ futures: wallets = {} }) {
  const amounts = ['cash', 'margin_accounts', 'flex'].flatMap((wallet) =>
    Object.entries(wallets[wallet] ?? {}).map(([name, amount]) => [wallet.replace('_', ' '), name, amount]),
  )
  return [
    optional('Futures wallets', ['wallet', 'currency', 'amount'], amounts),
    optional(
      'Futures positions',
      ['symbol', 'side', 'size', 'entry', 'funding'],
      listed(wallets.positions).map((one) => [one.symbol, one.side, one.size, one.entry_price, one.unrealized_funding]),
    ),
    optional(
      'Futures orders',
      ['symbol', 'side', 'size', 'price'],
      listed(wallets.orders).map((one) => [one.symbol, one.side, one.size, one.price]),
    ),
  ]
}

function prices({ prices: own = {} }) {
  return optional('Prices of its own', ['asset', 'USD'], Object.entries(own))
}
