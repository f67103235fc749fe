// How figures and texts are written.

const two = (number) => String(number).padStart(2, '0')

export function clockTime(seconds) {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return '–'
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`
}

export function isoTime(seconds) {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString()
}

/** Seconds as milliseconds, three digits that matter. */
export function milliseconds(seconds) {
  const value = seconds * 1000
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export const counted = (number, one, many = `${one}s`) => `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** Kraken's words for a failure in the body of an answer, as the stream has them; null where there are none. */
export function krakensError(body) {
  let answer
  try {
    answer = JSON.parse(body)
  } catch {
    return null
  }
  const { error = [], errors = [] } = Object(answer)
  return (
    [error, errors.map?.(({ message }) => message)]
      .flat()
      .filter((text) => typeof text === 'string' && text)
      .join(', ') || null
  )
}

const TOKEN = /"(?:\\.|[^"\\])*"?|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * JSON indented as `[kind, text]` pieces, every token as it stands: no number is read and printed again.
 * Kinds: name, string, number, word, mark. What is no JSON comes through in order, only spaced differently.
 */
export function indented(json) {
  const pieces = []
  const tokens = json.match(TOKEN) ?? []
  let depth = 0
  const newline = () => pieces.push(['mark', '\n' + '  '.repeat(depth)])
  tokens.forEach((token, index) => {
    const next = tokens[index + 1]
    if (token === '{' || token === '[') {
      pieces.push(['mark', token])
      depth += 1
      if (next !== '}' && next !== ']') newline()
    } else if (token === '}' || token === ']') {
      depth = Math.max(depth - 1, 0)
      const opened = tokens[index - 1]
      if (opened !== '{' && opened !== '[') newline()
      pieces.push(['mark', token])
    } else if (token === ',') {
      pieces.push(['mark', token])
      newline()
    } else if (token === ':') pieces.push(['mark', ': '])
    else if (token.startsWith('"')) pieces.push([next === ':' ? 'name' : 'string', token])
    else pieces.push([/^[-\d]/.test(token) ? 'number' : 'word', token])
  })
  return pieces
}
