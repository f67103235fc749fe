// A driver's end of the protocol for clients in JavaScript: JSON lines in, JSON lines out. It knows nothing of Kraken.
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'

const CLIENTS = 16 // kept at a time
const TARGET = ['spot_url', 'futures_url', 'api_key', 'api_secret', 'futures_api_key', 'futures_api_secret']

console.log = console.info = console.debug = console.error // what a library prints is no answer
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => console.error(error))

// A package from the folder that is the driver's argument, where npm installed it.
export const load = createRequire(`${resolve(process.argv[2] ?? '.')}/`)

// An error that the library returned to its caller instead of throwing it.
export class Returned extends Error {}

// Answers the lines on stdin until it ends. `Client` is constructed once for a target with (target, timeout); its methods
// are the operations: each takes the call's parameters and gives, or promises, what the library gives. `kinds` and
// `retryable` say what an error is by the name of its class, or of the nearest class above it.
export async function serve(Client, { name, version, kinds, retryable = {}, features = ['at_once', 'timeout'] }) {
  const operations = Object.getOwnPropertyNames(Client.prototype).filter((method) => method !== 'constructor')
  const about = { name, version, language: `Node ${process.versions.node}`, operations, features }
  const clients = new Map()
  let timeout

  function client(target) {
    const key = JSON.stringify(target)
    if (!clients.has(key)) clients.set(key, new Client(target, timeout))
    if (clients.size > CLIENTS) clients.delete(clients.keys().next().value)
    return clients.get(key)
  }

  async function outcome(call) {
    try {
      const target = Object.fromEntries(TARGET.map((field) => [field, call[field]]))
      return told(await client(target)[call.operation]({ ...call.parameters }))
    } catch (error) {
      const message = String(error?.message ?? error)
      const by = (table) => ancestors(error).map((ancestor) => table[ancestor]).find((found) => found !== undefined) ?? null
      const class_ = error instanceof Returned ? null : (ancestors(error)[0] ?? typeof error)
      return { error: { class: class_, message, kind: by(kinds), retryable: by(retryable) } }
    }
  }

  async function answer({ hello, call }) {
    if (hello) {
      timeout = hello.timeout
      return { hello: about }
    }
    const id = call.id
    const results = await Promise.all(Array.from({ length: call.at_once }, () => outcome(call)))
    if (call.at_once > 1) return { results: { id, results } }
    const [{ error, ...given }] = results
    return error ? { error: { id, ...error } } : { result: { id, ...given } }
  }

  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`)
  }
  process.exit()
}

function ancestors(error) {
  const names = []
  for (let above = error?.constructor; above?.name; above = Object.getPrototypeOf(above)) names.push(above.name)
  return names
}

// The payload with every number as the text that JavaScript prints for it, and the types of its figures by field.
function told(payload) {
  const types = {}
  const tell = (value, field) => {
    if (Array.isArray(value)) return value.map((item) => tell(item, field))
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? null
    if (typeof value === 'object') {
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, tell(item, name)]))
    }
    ;(types[field] ??= new Set()).add(typeof value)
    return String(value)
  }
  const text = tell(payload, '')
  return { payload: text, types: Object.fromEntries(Object.entries(types).map(([name, all]) => [name, [...all].join('|')])) }
}
