// npm kraken-api (got 11): Spot alone. It throws plain Errors, with Kraken's text less its first letter.
import { result } from './envelope.mjs'
import { load, serve } from './lines.mjs'

const KrakenClient = load('kraken-api')

class Client {
  #kraken

  constructor(target, timeout) {
    const told = timeout === null ? {} : { timeout: timeout * 1000 }
    this.#kraken = new KrakenClient(target.api_key, target.api_secret, { url: target.spot_url, ...told })
  }

  async BalanceEx(parameters) {
    return result(await this.#kraken.privateMethod('BalanceEx', parameters))
  }

  async TradeBalance(parameters) {
    return result(await this.#kraken.api('TradeBalance', parameters))
  }
}

await serve(Client, {
  name: 'kraken-api',
  version: load('kraken-api/package.json').version,
  features: ['at_once', 'timeout', 'envelope'],
  kinds: { TimeoutError: 'timeout', HTTPError: null, RequestError: 'network', SyntaxError: 'payload' },
})
