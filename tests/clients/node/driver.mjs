// Reads {library, url, key, secret, calls: [[method, ...arguments]]} on stdin, makes the calls in order with the real
// client, and prints a list of {value} or {error: class, message}.
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

const open = {
  'kraken-api': async ({ url, key, secret }) => {
    const { default: KrakenClient } = await import('kraken-api')
    return new KrakenClient(key, secret, { url })
  },
  kraken: ({ url, ...request }) => openCcxt('kraken', url, request),
  krakenfutures: ({ url, ...request }) => openCcxt('krakenfutures', `${url}/derivatives/api/`, request),
}

async function openCcxt(id, base, { key, secret }) {
  const { default: ccxt } = await import('ccxt')
  const exchange = new ccxt[id]({ apiKey: key, secret, enableRateLimit: false })
  exchange.urls.api.public = exchange.urls.api.private = base
  return exchange
}

const request = JSON.parse(await text(process.stdin))
const client = await open[request.library](request)
const answers = []
for (const [method, ...args] of request.calls) {
  await pause(5) // both libraries' nonces have milliseconds: two calls in one would repeat it
  try {
    answers.push({ value: await client[method](...args) })
  } catch (error) {
    answers.push({ error: error.constructor.name, message: error.message })
  }
}
console.log(JSON.stringify(answers))
