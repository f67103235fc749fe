// What a caller finds in Kraken's envelopes, for libraries that hand them over as they are.
import { Returned } from './lines.mjs'

const isObject = (answer) => typeof answer === 'object' && answer !== null && !Array.isArray(answer)

// Of Spot: what is below `result`, null where there is none; an answer that is no envelope as it is.
export function result(answer) {
  if (!isObject(answer)) return answer
  const errors = (answer.error ?? []).filter((error) => error.startsWith('E'))
  if (errors.length) throw new Returned(errors.join(', '))
  return answer.result
}

// Of Futures: what is below `accounts`, in the same way.
export function accounts(answer) {
  if (!isObject(answer)) return answer
  if (answer.result === 'error') throw new Returned(answer.error ?? 'an error without a name')
  return answer.accounts
}
