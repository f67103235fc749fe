// Server-sent events over fetch, as EventSource can send no Authorization header.

import { reach } from './api.js'

/** Cuts a text that arrives in pieces into events `{event, id, data}`. */
export class Parser {
  #rest = ''

  /** The events that `piece` completes. */
  read(piece) {
    const blocks = (this.#rest + piece).split('\n\n')
    this.#rest = blocks.pop()
    return blocks.map(parsed).filter((event) => event.data !== '')
  }
}

function parsed(block) {
  const event = { event: 'message', id: null, data: '' }
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line)
    if (field === 'data') event.data += value
    else if (field === 'event' || field === 'id') event[field] = value
  }
  return event
}

const LONGEST_WAIT = 5000

/**
 * Listen for ever, from where it stopped after each break. `heard(event, payload)` for each event, `became(state)` with
 * connecting, live or lost. What is silent for longer than two heartbeats is lost.
 */
export async function listen(heard, became) {
  let last = null
  let wait = 250
  for (;;) {
    const silence = new AbortController()
    let timer
    const alive = () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), 35_000)
    }
    try {
      const response = await reach('events', {
        headers: last ? { 'Last-Event-ID': last } : {},
        cache: 'no-store',
        signal: silence.signal,
      })
      if (!response.ok) throw new Error(String(response.status))
      became('live')
      const parser = new Parser()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (;;) {
        alive()
        const { done, value } = await reader.read()
        if (done) break
        wait = 250
        for (const { event, id, data } of parser.read(value)) {
          heard(event, JSON.parse(data))
          last = id ?? last
        }
      }
    } catch {
      // the fake has stopped, or the network: try again
    }
    clearTimeout(timer)
    became('lost')
    await new Promise((resolve) => setTimeout(resolve, wait))
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }
}
