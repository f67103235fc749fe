// The guide's example in plain Node, without packages: a client that gets it right, and its driver.
import { createHash, createHmac } from 'node:crypto'
import { serve } from './lines.mjs'

class KrakenError extends Error {}
class AuthenticationError extends KrakenError {}
class NonceError extends KrakenError {}
class PermissionError extends KrakenError {}
class RateLimitError extends KrakenError {}
class LockoutError extends KrakenError {}
class ArgumentError extends KrakenError {}
class UnavailableError extends KrakenError {}
class PayloadError extends KrakenError {}

const ERRORS = [
  [/^EAPI:Invalid nonce|^nonce/, NonceError],
  [/^EAPI:Invalid (key|signature)|^authenticationError/, AuthenticationError],
  [/^EGeneral:Permission denied|^insufficientPrivileges/, PermissionError],
  [/^EAPI:Rate limit|^apiLimitExceeded|^HTTP 429/, RateLimitError],
  [/^EGeneral:Temporary lockout/, LockoutError],
  [/^EGeneral:Invalid arguments|^EQuery|^EAPI:Bad request|Argument/, ArgumentError],
  [/^EService|^Unavailable|^HTTP 5/, UnavailableError],
]

class Client {
  #target
  #timeout
  #nonce = 0
  #turn = Promise.resolve()

  constructor(target, timeout) {
    this.#target = target
    this.#timeout = timeout ?? 10
  }

  BalanceEx(parameters) {
    return this.#post('/0/private/BalanceEx', parameters)
  }

  TradeBalance(parameters) {
    return this.#post('/0/private/TradeBalance', parameters)
  }

  async available(parameters) {
    const rows = Object.entries(await this.BalanceEx(parameters))
    return Object.fromEntries(rows.map(([asset, row]) => [asset, { total: row.balance, available: available(row) }]))
  }

  async accounts() {
    const digest = createHash('sha256').update('/api/v3/accounts').digest() // without nonce and data
    const headers = { APIKey: this.#target.futures_api_key, Authent: sign(this.#target.futures_api_secret, digest) }
    const answer = await this.#fetch(`${this.#target.futures_url}/accounts`, { headers })
    if (answer.result !== 'success') throw failure([answer.error ?? 'no error is named'])
    return whole(answer.accounts)
  }

  #post(path, parameters) {
    // One after the other: two on their way at once may arrive with their nonces in the wrong order.
    return (this.#turn = this.#turn.catch(() => {}).then(() => this.#send(path, parameters)))
  }

  async #send(path, parameters) {
    this.#nonce = Math.max(Date.now() * 1000, this.#nonce + 1)
    const given = Object.entries(parameters).filter(([, value]) => value !== null)
    const body = String(new URLSearchParams([['nonce', this.#nonce], ...given]))
    const digest = createHash('sha256').update(this.#nonce + body).digest()
    const headers = { 'API-Key': this.#target.api_key, 'API-Sign': sign(this.#target.api_secret, path, digest) }
    headers['Content-Type'] = 'application/x-www-form-urlencoded'
    const answer = await this.#fetch(this.#target.spot_url + path, { method: 'POST', headers, body })
    const errors = whole(answer.error).filter((error) => error.startsWith('E')) // a W is but a warning
    if (errors.length) throw failure(errors)
    return whole(answer.result)
  }

  async #fetch(url, options) {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(this.#timeout * 1000) })
    if (!response.ok) throw failure([`HTTP ${response.status}`])
    // Numbers become text before JSON.parse makes doubles of them.
    const text = (await response.text()).replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => (token[0] === '"' ? token : `"${token}"`))
    return whole(JSON.parse(text))
  }
}

function sign(secret, ...parts) {
  const hmac = createHmac('sha512', Buffer.from(secret, 'base64'))
  for (const part of parts) hmac.update(part)
  return hmac.digest('base64')
}

function failure([error, ...more]) {
  const [, Refused] = ERRORS.find(([pattern]) => pattern.test(error)) ?? [, KrakenError]
  return new Refused([error, ...more].join(', '))
}

function whole(part) {
  if (typeof part !== 'object' || part === null) throw new PayloadError('the answer is not whole')
  return part
}

// balance + credit - credit_used - hold_trade, counted in units of the finest decimal among them.
function available({ balance, credit = '0', credit_used = '0', hold_trade }) {
  const fraction = (text) => text.split('.')[1] ?? ''
  const places = Math.max(...[balance, credit, credit_used, hold_trade].map((text) => fraction(text).length))
  const units = (text) => BigInt(text.replace('.', '') + '0'.repeat(places - fraction(text).length))
  const sum = units(balance) + units(credit) - units(credit_used) - units(hold_trade)
  const digits = String(sum < 0n ? -sum : sum).padStart(places + 1, '0')
  const point = digits.length - places
  return `${sum < 0n ? '-' : ''}${digits.slice(0, point)}${places ? '.' : ''}${digits.slice(point)}`
}

await serve(Client, {
  name: 'plain Node',
  version: process.versions.node,
  kinds: {
    AuthenticationError: 'authentication',
    NonceError: 'nonce',
    PermissionError: 'permission',
    RateLimitError: 'rate-limit',
    LockoutError: 'lockout',
    ArgumentError: 'argument',
    UnavailableError: 'unavailable',
    PayloadError: 'payload',
    SyntaxError: 'payload',
    DOMException: 'timeout',
    TypeError: 'network',
  },
  retryable: { NonceError: false, AuthenticationError: false, UnavailableError: true },
})
