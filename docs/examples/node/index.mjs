#!/usr/bin/env node
// A provider plugin for sesame in JavaScript. A route with the option "issuer" gets tokens for the API
// key in ACME_API_KEY; a route with the option "file" keeps, in that file, the tokens that tools hand in.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Failure, NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE, serve } from './plugin.mjs'

// settings returns the route's options. One that is not known is an error: nobody would notice a misspelt one.
function settings (request) {
  const options = { issuer: 'https://issuer.acme.example/token', file: '' }
  for (const { name, kind, values } of request.options) {
    if (!Object.hasOwn(options, name)) {
      throw new Failure(UNAUTHENTICATED, `unknown option "${name}": known are ${Object.keys(options).join(', ')}`)
    }
    if (kind !== 'OPTION_KIND_STRING') throw new Failure(UNAUTHENTICATED, `option ${name}: want a string`)
    options[name] = values[0]
  }
  return options
}

async function mint ({ url, username }, issuer, signal) {
  if (!`.${url.host}`.endsWith('.acme.example')) throw new Failure(NOT_FOUND, `${url.host} is not Acme's`)
  if (username) throw new Failure(NOT_FOUND, 'Acme has no accounts')
  if (!/^(https:\/\/[a-z]|http:\/\/127\.0\.0\.1:)[a-z0-9.:/-]*$/.test(issuer)) {
    throw new Failure(UNAUTHENTICATED, 'option issuer: want an https URL')
  }
  const asked = Date.now()
  const headers = { authorization: `Bearer ${process.env.ACME_API_KEY}` }
  let response, answer
  try {
    response = await fetch(issuer, { method: 'POST', headers, redirect: 'manual', signal })
    answer = response.status === 200 ? await response.json() : {}
  } catch {
    throw new Failure(UNAVAILABLE, `${issuer} gives no answer`)
  }
  if (response.status === 401) throw new Failure(UNAUTHENTICATED, `${issuer} refuses the key in ACME_API_KEY`)
  if (!answer.token || !(answer.expires_in > 0)) {
    const retryAfter = Number(response.headers.get('retry-after')) || 0
    throw new Failure(UNAVAILABLE, `${issuer} answers ${response.status} and no token`, { retryAfter })
  }
  const time = ms => ({ seconds: Math.floor(ms / 1000), nanos: ms % 1000 * 1e6 })
  return { value: answer.token, scheme: 'Bearer', issued: time(asked), expires: time(asked + answer.expires_in * 1000) }
}

// What is kept is read and written whole. sesame makes one call of Keep or Drop at a time.
function load (request) {
  const { file } = settings(request)
  if (!file) throw new Failure(UNAUTHENTICATED, 'a route without the option file keeps nothing')
  let text
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return { file, all: [] }
    throw new Failure(UNAVAILABLE, `${file} cannot be read: ${error.code}`)
  }
  try {
    return { file, all: JSON.parse(text) }
  } catch {
    throw new Failure(UNAVAILABLE, `${file} is damaged`)
  }
}

function save (file, all) {
  try {
    writeFileSync(`${file}.new`, JSON.stringify(all), { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new Failure(UNAVAILABLE, `${file} cannot be written: ${error.code}`)
  }
}

const server = url => `${url.scheme} ${url.host} ${url.port}`
const meant = (kept, { url, username }) => server(kept.url) === server(url) && (!username || kept.token.username === username)
const below = (path, parent) => `${path.replace(/\/$/, '')}/`.startsWith(`${parent.replace(/\/$/, '')}/`)

serve({
  async Token (request, signal) {
    const { issuer, file } = settings(request)
    if (!file) return { token: await mint(request, issuer, signal) }
    const found = load(request).all
      .filter(k => meant(k, request) && below(request.url.path, k.url.path))
      .reduce((best, k) => !best || k.url.path.length >= best.url.path.length ? k : best, null)
    if (!found || (found.token.expires && found.token.expires.seconds * 1000 <= Date.now())) {
      throw new Failure(NOT_FOUND, `nothing is kept for ${request.url.host}`)
    }
    return { token: { ...found.token, state: Buffer.from(found.token.state, 'base64') } }
  },
  Keep ({ request, token }) {
    const { file, all } = load(request)
    const same = k => meant(k, { url: request.url, username: '' }) && k.url.path === request.url.path && k.token.username === token.username
    const kept = { url: request.url, name: request.name, token: { ...token, state: token.state.toString('base64') } }
    save(file, [...all.filter(k => !same(k)), kept])
  },
  Drop ({ request, value }) {
    const { file, all } = load(request)
    const path = request.url.path
    save(file, all.filter(k => !meant(k, request) || !(value
      ? k.token.value === value && (below(k.url.path, path) || below(path, k.url.path))
      : below(k.url.path, path))))
  },
  Kept ({ request }) {
    const authority = ({ host, port }) => (host.includes(':') ? `[${host}]` : host) + (port && `:${port}`)
    return {
      accounts: load(request).all
        .filter(k => k.name || below('', k.url.path))
        .map(k => ({ host: k.name || authority(k.url), username: k.token.username }))
    }
  }
})
