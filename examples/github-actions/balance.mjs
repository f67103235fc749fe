// Prints the balance of an asset: node balance.mjs ZUSD
import { createHash, createHmac } from 'node:crypto'

const { KRAKEN_SPOT_URL: url, KRAKEN_API_KEY: key, KRAKEN_API_SECRET: secret } = process.env
const path = '/0/private/BalanceEx'
const nonce = String(Date.now())
const body = String(new URLSearchParams({ nonce }))
const digest = createHash('sha256').update(nonce + body).digest()
const signature = createHmac('sha512', Buffer.from(secret, 'base64')).update(path).update(digest).digest('base64')
const headers = { 'API-Key': key, 'API-Sign': signature, 'Content-Type': 'application/x-www-form-urlencoded' }
const response = await fetch(url + path, { method: 'POST', headers, body })
const { error, result } = await response.json()
if (error.length) throw new Error(error.join(', '))
console.log(result[process.argv[2]].balance)
