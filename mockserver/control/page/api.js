// Calls of the control API; the token, where one is demanded, lives as long as the tab.

import { find } from './dom.js'

const KEPT = 'kraken-mock-token'

/** A call that was refused: `status`, 0 where the fake does not answer, and the problem's own words. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail)
    this.status = status
  }
}

/** `fetch` below /_mock/; asks for a token where the fake wants one, and tries again with it. */
export async function reach(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(KEPT)
    const headers = { ...options.headers, ...(token ? { Authorization: `Bearer ${token}` } : {}) }
    const response = await fetch(path, { ...options, headers }).catch(unanswered)
    if (response.status !== 401) return response
    await askForToken(token)
  }
}

function unanswered() {
  throw new Refused(0, 'The fake does not answer.')
}

/** The JSON of an answer, `null` of an empty one; `Refused` otherwise. */
export async function call(method, path, body) {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }
  const response = await reach(path, { method, ...json })
  const text = await response.text()
  if (response.ok) return text ? JSON.parse(text) : null
  let detail = `${response.status} ${response.statusText}`
  try {
    detail = JSON.parse(text).detail ?? detail
  } catch {
    // an answer in other words than problem+json: its status says it
  }
  throw new Refused(response.status, detail)
}

let asking = null

/** One dialog for all calls that wait for a token; `tried` is the one that was refused. */
function askForToken(tried) {
  if (sessionStorage.getItem(KEPT) !== tried) return Promise.resolve()
  asking ??= new Promise((resolve) => {
    const dialog = find('#token-dialog')
    find('#token-wrong').textContent = tried ? 'That is not the token.' : ''
    find('#token').value = ''
    find('#token-form').onsubmit = (event) => {
      event.preventDefault()
      sessionStorage.setItem(KEPT, find('#token').value.trim())
      dialog.close()
      asking = null
      resolve()
    }
    dialog.oncancel = (event) => event.preventDefault()
    dialog.showModal()
  })
  return asking
}
