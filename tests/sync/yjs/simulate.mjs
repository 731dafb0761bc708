// Real Yjs clients type together; one JSON line for each update that a server would get, in its order.
//
//   node simulate.mjs FRONTEND SEED DOCUMENTS UPDATES
//
// {"doc": n, "mine": [client ids of the sender], "update": base64, "texts": {name: text}, "clocks": {client: clock}}
// texts and clocks are those of a Yjs document that took every line so far. Edits keep to code points, as the browser's
// binding does; everything else is as wild as Yjs permits: pages offline for long, reloads under a new client id, lost
// acknowledgements, merged queues, garbage collection on and off, undo and redo, typing and deleting in one transaction.
import { createRequire } from 'node:module'

const [frontend, seed, documents, updates] = process.argv.slice(2)
const Y = createRequire(frontend + '/package.json')('yjs')

let state = Number(seed) >>> 0
const random = () => {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const below = n => Math.floor(random() * n)
const chance = p => random() < p
const pick = list => list[below(list.length)]

const ROOTS = ['question:a1', 'question:b2', 'misaligned:c3']
const PIECES = ['a', 'b', ' ', 'e', 'n', '\n', 'é', 'e\u0301', 'ñ', 'ã', '你', '好', '語', '한', '😀', '👍🏽', '🇧🇷', '👩‍👩‍👧‍👦',
  '𠮷', '𝒜', '\u200d', '\ufeff', '\uffff', 'the ', 'word', '🧑🏿‍🚀', '😀😀']

const snap = (text, at) => {
  const unit = text.charCodeAt(at)
  return at > 0 && at < text.length && unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at
}

class Page {
  constructor (room, person) {
    this.room = room
    this.person = person
    this.online = true
    this.open(null)
  }

  open (stored) {
    this.doc = new Y.Doc({ gc: chance(0.7) })
    if (stored !== null) Y.applyUpdate(this.doc, stored, 'stored')
    this.doc.clientID = 1 + below(2 ** 32 - 1)
    this.person.ids.push(this.doc.clientID)
    this.queue = []
    this.sent = []
    this.caret = null // typing goes on where it was
    this.undo = new Y.UndoManager(ROOTS.map(name => this.doc.getText(name)), { trackedOrigins: new Set(['typed']), captureTimeout: 0 })
    this.doc.on('update', (update, origin) => { if (origin === 'typed' || origin === this.undo) this.queue.push(update) })
  }

  edit () {
    const goesOn = chance(0.6) && this.caret !== null
    const name = goesOn ? this.caret.name : pick(ROOTS)
    const text = this.doc.getText(name)
    this.doc.transact(() => {
      for (let n = chance(0.8) ? 1 : 1 + below(4); n > 0; n--) {
        const now = text.toString()
        const at = snap(now, goesOn ? Math.min(this.caret.at, now.length) : chance(0.5) ? now.length : below(now.length + 1))
        if (now.length > 0 && ((!goesOn && chance(0.3)) || now.length > 400)) {
          const from = snap(now, below(now.length))
          const to = snap(now, Math.min(now.length, from + 1 + below(now.length > 400 ? 200 : 6)))
          if (to > from) text.delete(from, to - from)
        } else {
          let piece = ''
          for (let m = chance(0.7) ? 1 : below(12); m >= 0; m--) piece += pick(PIECES)
          text.insert(at, piece)
          this.caret = { name, at: at + piece.length }
        }
      }
    }, 'typed')
  }

  send (update) {
    this.room.take(this, update)
  }

  flush () {
    if (this.queue.length === 0) return
    if (this.queue.length > 1 && chance(0.5)) {
      this.send(Y.mergeUpdates(this.queue))
    } else if (chance(0.1) && this.sent.length > 0) { // the acknowledgement was lost: old and new in one
      this.send(Y.mergeUpdates(this.sent.slice(-1 - below(5)).concat(this.queue)))
    } else if (chance(0.05) && this.sent.length > 2) { // the same, and one between them is missing
      this.send(Y.mergeUpdates([this.sent[this.sent.length - 2 - below(this.sent.length - 1)]].concat(this.queue)))
    } else if (chance(0.1)) { // all since some earlier state: items merged meanwhile are known in part
      this.send(Y.encodeStateAsUpdate(this.doc, pick(this.room.vectors)))
    } else {
      this.queue.forEach(update => this.send(update))
    }
    this.sent = this.sent.concat(this.queue).slice(-20)
    this.queue = []
  }

  reconnect () {
    this.online = true
    if (chance(0.3)) { // sends before it listens
      this.flush()
      Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.room.doc, Y.encodeStateVector(this.doc)), 'server')
      return
    }
    const vector = chance(0.5) ? Y.encodeStateVector(this.room.doc) : pick(this.room.vectors) // of now, or stale
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(this.room.doc, Y.encodeStateVector(this.doc)), 'server')
    const way = below(5)
    if (way === 0) this.send(Y.diffUpdate(Y.encodeStateAsUpdate(this.doc), vector))
    else if (way === 1 && this.queue.length > 0) this.send(Y.diffUpdate(Y.mergeUpdates(this.queue), vector))
    else if (way === 2 && chance(0.3)) this.send(Y.encodeStateAsUpdate(this.doc)) // everything
    else this.send(Y.encodeStateAsUpdate(this.doc, vector))
    this.queue = []
  }

  reload () {
    const stored = Y.encodeStateAsUpdate(this.doc)
    const kept = this.queue
    this.undo.destroy()
    this.open(stored)
    this.queue = kept
    if (this.online) this.reconnect()
  }

  step () {
    const dice = random()
    if (dice < 0.72) this.edit()
    else if (dice < 0.79) this.undo.undo()
    else if (dice < 0.83) this.undo.redo()
    else if (dice < 0.86) { if (this.online) this.online = false; else this.reconnect() }
    else if (dice < 0.87) this.reload()
    if (this.online && chance(0.7)) this.flush()
  }
}

class Room {
  constructor (number) {
    this.number = number
    this.doc = new Y.Doc({ gc: chance(0.5) })
    this.count = 0
    this.vectors = [Y.encodeStateVector(this.doc)]
    this.pages = []
    for (let n = 2 + below(4); n > 0; n--) {
      const person = { ids: [] }
      this.pages.push(new Page(this, person))
      if (chance(0.3)) this.pages.push(new Page(this, person))
    }
  }

  take (sender, update) {
    Y.applyUpdate(this.doc, update)
    if (this.doc.store.pendingStructs !== null || this.doc.store.pendingDs !== null) throw new Error('not an honest update')
    const texts = {}
    for (const name of ROOTS) texts[name] = this.doc.getText(name).toString()
    const clocks = {}
    Y.decodeStateVector(Y.encodeStateVector(this.doc)).forEach((clock, client) => { clocks[client] = clock })
    lines.push(JSON.stringify({ doc: this.number, mine: sender.person.ids, update: Buffer.from(update).toString('base64'), texts, clocks }))
    this.count++
    this.vectors = this.vectors.concat([Y.encodeStateVector(this.doc)]).slice(-30)
    for (const page of this.pages) if (page !== sender && page.online) Y.applyUpdate(page.doc, update, 'server')
  }
}

const lines = []
for (let number = 0; number < Number(documents); number++) {
  const room = new Room(number)
  while (room.count < Number(updates)) pick(room.pages).step()
  for (const page of room.pages) { if (!page.online) page.reconnect(); page.flush() }
}
process.stdout.write(lines.join('\n') + '\n')
