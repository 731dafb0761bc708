// Reads a log with real Yjs and says whose each character is, and where relative positions lead.
//
//   node owners.mjs FRONTEND
//
// in:  {"new": true} | {"update": base64} | {"ask": number}
// out: for "ask": {"texts": {name: [[client, text], ...]}, "state": base64, "positions": [{name, json, index}, ...]}
// Positions are made at random code-point boundaries at every "ask" and kept: later answers say where the older ones
// lead by then. "index" is in UTF-16 units.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'

const Y = createRequire(process.argv[2] + '/package.json')('yjs')
let doc = null
let kept = []
let state = 7
const below = n => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor(state / 4294967296 * n)
}
const out = []

const owners = text => {
  const runs = []
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted) continue
    const last = runs[runs.length - 1]
    if (last !== undefined && last[0] === item.id.client) last[1] += item.content.str
    else runs.push([item.id.client, item.content.str])
  }
  return runs
}

for (const line of readFileSync(0, 'utf8').split('\n')) {
  if (line === '') continue
  const order = JSON.parse(line)
  if ('new' in order) { doc = new Y.Doc(); kept = [] }
  if ('update' in order) Y.applyUpdate(doc, Buffer.from(order.update, 'base64'))
  if (!('ask' in order)) continue
  const texts = {}
  for (const name of Array.from(doc.share.keys()).sort()) {
    const text = doc.getText(name)
    texts[name] = owners(text)
    const now = text.toString()
    for (let n = 0; n < order.ask; n++) {
      let index = below(now.length + 1)
      const unit = now.charCodeAt(index)
      if (index < now.length && index > 0 && unit >= 0xdc00 && unit <= 0xdfff) index--
      kept.push({ name, position: Y.createRelativePositionFromTypeIndex(text, index, below(2) === 0 ? 0 : -1) })
    }
  }
  const positions = kept.map(({ name, position }) => {
    const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
    return { name, json: Y.relativePositionToJSON(position), index: found === null ? null : found.index }
  })
  out.push(JSON.stringify({ texts, state: Buffer.from(Y.encodeStateAsUpdate(doc)).toString('base64'), positions }))
}
process.stdout.write(out.map(line => line + '\n').join(''))
