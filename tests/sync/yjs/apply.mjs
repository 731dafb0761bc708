// Applies updates with real Yjs: one JSON line in, one out.
//
//   node apply.mjs FRONTEND
//
// in:  {"new": gc} | {"update": base64} | {"fork": true} | {"back": true}
// out: for an update: {"texts": {name: text}, "clocks": {client: clock}, "pending": bool, "error": string|null}
// "fork" keeps the present state aside, "back" returns to it. An update that throws leaves what Yjs made of it.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const Y = createRequire(process.argv[2] + '/package.json')('yjs')
let doc = null
let gc = true
let kept = null
const out = []

const load = state => {
  doc = new Y.Doc({ gc })
  if (state !== null) Y.applyUpdate(doc, state)
}

for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue
  const order = JSON.parse(line)
  if ('new' in order) { gc = order.new; load(null) }
  if ('fork' in order) kept = Y.encodeStateAsUpdate(doc)
  if ('back' in order) load(kept)
  if (!('update' in order)) continue
  let error = null
  try {
    Y.applyUpdate(doc, Buffer.from(order.update, 'base64'))
  } catch (e) {
    error = String(e)
  }
  const texts = {}
  for (const name of Array.from(doc.share.keys()).sort()) {
    const text = doc.getText(name).toString()
    if (text !== '') texts[name] = text
  }
  const clocks = {}
  Y.decodeStateVector(Y.encodeStateVector(doc)).forEach((clock, client) => { clocks[client] = clock })
  out.push(JSON.stringify({ texts, clocks, pending: doc.store.pendingStructs !== null || doc.store.pendingDs !== null, error }))
}
process.stdout.write(out.map(line => line + '\n').join(''))
