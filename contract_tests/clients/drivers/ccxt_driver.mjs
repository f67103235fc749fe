// npm ccxt: `kraken` and `krakenfutures`. Its balances are doubles; Kraken's own answer comes beside them.
import { accounts, result } from './envelope.mjs'
import { load, serve } from './lines.mjs'

const ccxt = load('ccxt')

class Client {
  #spot
  #futures

  constructor(target, timeout) {
    const options = { enableRateLimit: false, ...(timeout === null ? {} : { timeout: timeout * 1000 }) }
    this.#spot = new ccxt.kraken({ ...options, apiKey: target.api_key, secret: target.api_secret })
    const keys = { apiKey: target.futures_api_key, secret: target.futures_api_secret }
    this.#futures = new ccxt.krakenfutures({ ...options, ...keys })
    this.#spot.urls.api.public = this.#spot.urls.api.private = target.spot_url
    const futures = target.futures_url.replace(/v3$/, '')
    this.#futures.urls.api.public = this.#futures.urls.api.private = futures
  }

  async BalanceEx(parameters) {
    return result(await this.#spot.privatePostBalanceEx(parameters))
  }

  async TradeBalance(parameters) {
    return result(await this.#spot.privatePostTradeBalance(parameters))
  }

  async accounts(parameters) {
    return accounts(await this.#futures.privateGetAccounts(parameters))
  }

  async available(parameters) {
    return figures(await this.#spot.fetchBalance(parameters))
  }

  async futures_balance({ wallet }) {
    return figures(await this.#futures.fetchBalance({ type: wallet }))
  }
}

function figures(balance) {
  return Object.fromEntries(Object.keys(balance.total).map((currency) => [currency, balance[currency]]))
}

await serve(Client, {
  name: 'ccxt',
  version: ccxt.version,
  kinds: {
    AuthenticationError: 'authentication',
    InvalidNonce: 'nonce',
    PermissionDenied: 'permission',
    RateLimitExceeded: 'rate-limit',
    DDoSProtection: 'rate-limit',
    BadRequest: 'argument',
    ArgumentsRequired: 'argument',
    ExchangeNotAvailable: 'unavailable',
    RequestTimeout: 'timeout',
    NetworkError: 'network',
    BadResponse: 'payload',
  },
  retryable: { OperationFailed: true, BaseError: false },
  features: ['at_once', 'timeout', 'envelope'],
})
