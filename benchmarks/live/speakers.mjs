// How a participant speaks to each server. All have the same face:
//
//     new Speaker(url, person, on)    person: {doc, cookie}; connects at once
//     .send(update)                   one Yjs update of this participant's own
//     .close()
//     .acknowledges                   whether the server says what it has
//     .client, .names                 once synced: the client id to type under (null: any), the texts to type into (null: any)
//     on.synced(diff, server's state vector), on.updates([update, …]), on.acked(updates of one's own so far), on.closed(why)
//
// None sends presence, and none asks for compression: browsers of ours are offered none, the peers' default is none.
import * as decoding from "lib0/decoding"
import * as encoding from "lib0/encoding"
import WebSocket from "ws"
import * as Y from "yjs"

const NOTHING = Y.encodeStateVector(new Y.Doc())

function socket(url, options, speaker) {
  const ws = new WebSocket(url, { perMessageDeflate: false, ...options })
  ws.binaryType = "nodebuffer"
  ws.on("open", () => speaker.opened())
  ws.on("message", (data) => speaker.received(data))
  ws.on("error", (error) => { speaker.why = String(error.message ?? error) })
  ws.on("close", (code) => speaker.on.closed(speaker.why ?? `closed with ${code}`))
  return ws
}

function frame(write) {
  const encoder = encoding.createEncoder()
  write(encoder)
  return encoding.toUint8Array(encoder)
}

// --- ours: byte type, varuint channel, payload ----------------------------------------------------------------

const [HELLO, SYNC1, UPDATE, CMD, PING] = [1, 2, 3, 5, 6]
const [WELCOME, SYNC2, ACK, NACK, UPDATES, PRESENCE, EVENTS, REFUSED, PONG, CLOSED, RESYNC] =
  [17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27]
const CHANNEL = 1
const PING_MS = 10_000

export class Ours {
  acknowledges = true

  constructor(url, person, on) {
    this.on = on
    this.doc = person.doc
    this.client = this.names = null
    this.number = 0
    this.commands = new Map()
    const origin = new URL(url).origin.replace("ws", "http")
    this.ws = socket(url, { headers: { cookie: person.cookie, origin } }, this)
  }

  opened() {
    this.pinging = setInterval(() => this.ws.send(Uint8Array.of(PING, 0)), PING_MS)
    this.ws.once("close", () => clearInterval(this.pinging))
    this.say(HELLO, { protocol: 1, doc: this.doc, epoch: null, previous: [] })
  }

  say(type, value) {
    this.ws.send(Buffer.concat([Uint8Array.of(type, CHANNEL), Buffer.from(JSON.stringify(value))]))
  }

  received(data) {
    switch (data[0]) {
      case UPDATES: {
        if (!this.on.updates) return
        const decoder = decoding.createDecoder(data)
        decoder.pos = 2
        const after = decoding.readVarUint(decoder)
        if (after !== this.seq) return this.fail(`told what follows ${after}, but had ${this.seq}`)
        this.seq = decoding.readVarUint(decoder)
        const updates = []
        while (decoding.hasContent(decoder)) updates.push(decoding.readVarUint8Array(decoder))
        return this.on.updates(updates)
      }
      case ACK: {
        const decoder = decoding.createDecoder(data)
        decoder.pos = 2
        const number = decoding.readVarUint(decoder)
        decoding.readVarUint(decoder)
        this.seq = decoding.readVarUint(decoder)
        return this.on.acked(number)
      }
      case WELCOME:
        this.client = JSON.parse(data.subarray(2)).client
        return this.ws.send(Buffer.concat([Uint8Array.of(SYNC1, CHANNEL), NOTHING]))
      case SYNC2: {
        const decoder = decoding.createDecoder(data)
        decoder.pos = 2
        this.seq = decoding.readVarUint(decoder)
        const vector = decoding.readVarUint8Array(decoder)
        const diff = decoding.readVarUint8Array(decoder)
        const { rows = {} } = JSON.parse(data.subarray(decoder.pos))
        this.names = Object.keys(rows).sort().map((row) => `question:${row}`)
        return this.on.synced(diff, vector)
      }
      case EVENTS: {
        const decoder = decoding.createDecoder(data)
        decoder.pos = 2
        decoding.readVarUint(decoder)
        this.seq = decoding.readVarUint(decoder)
        if (this.commands.size) for (const { cmd } of JSON.parse(data.subarray(decoder.pos))) this.settle(cmd)
        return
      }
      case NACK:
      case REFUSED:
      case CLOSED:
        return this.fail(`frame ${data[0]}: ${data.subarray(2).toString()}`)
      case RESYNC:
        return this.fail("told to resync: its queue overflowed")
      case PRESENCE:
      case PONG:
    }
  }

  // resolves when the event of this command came back
  command(id, command) {
    this.say(CMD, { id, ...command })
    return new Promise((resolve) => this.commands.set(id, resolve))
  }

  settle(id) {
    this.commands.get(id)?.()
    this.commands.delete(id)
  }

  send(update) {
    this.ws.send(frame((encoder) => {
      encoding.writeUint8(encoder, UPDATE)
      encoding.writeVarUint(encoder, CHANNEL)
      encoding.writeVarUint(encoder, ++this.number)
      encoding.writeUint8Array(encoder, update)
    }))
  }

  fail(why) {
    this.why = why
    this.ws.terminate()
  }

  close() {
    this.ws.terminate()
  }
}

// --- the protocol of y-protocols, and hocuspocus's frame around it ----------------------------------------------

const [SYNC, AUTH, SYNC_REPLY, SYNC_STATUS] = [0, 2, 4, 8]
const [STEP1, STEP2, CHANGE] = [0, 1, 2]

class Sync {
  constructor(url, options, person, on) {
    this.on = on
    this.doc = person.doc
    this.client = this.names = null
    this.acknowledged = 0
    this.ws = socket(url, options, this)
  }

  head() {}

  say(step, payload) {
    this.ws.send(frame((encoder) => {
      this.head(encoder)
      encoding.writeVarUint(encoder, SYNC)
      encoding.writeVarUint(encoder, step)
      encoding.writeVarUint8Array(encoder, payload)
    }))
  }

  send(update) {
    this.say(CHANGE, update)
  }

  received(data) {
    const decoder = decoding.createDecoder(data)
    this.skip(decoder)
    const type = decoding.readVarUint(decoder)
    if (type === SYNC_STATUS) return this.on.acked(++this.acknowledged)
    if (type !== SYNC && type !== SYNC_REPLY) return
    const step = decoding.readVarUint(decoder)
    if (step === CHANGE) return this.on.updates?.([decoding.readVarUint8Array(decoder)])
    // a new document's answer to the server's own step 1 is empty, so that none is sent
    if (step === STEP2) this.on.synced(decoding.readVarUint8Array(decoder), null)
  }

  skip() {}

  close() {
    this.ws.terminate()
  }
}

export class YWebsocket extends Sync {
  acknowledges = false

  constructor(url, person, on) {
    super(`${url}/${person.doc.replaceAll("/", "-")}`, {}, person, on)
  }

  opened() {
    this.say(STEP1, NOTHING)
  }
}

export class Hocuspocus extends Sync {
  acknowledges = true

  constructor(url, person, on) {
    super(url, {}, person, on)
  }

  head(encoder) {
    encoding.writeVarString(encoder, this.doc)
  }

  skip(decoder) {
    const length = decoding.readVarUint(decoder)
    decoder.pos += length
  }

  opened() {
    this.ws.send(frame((encoder) => {
      this.head(encoder)
      encoding.writeVarUint(encoder, AUTH)
      encoding.writeVarUint(encoder, 0) // a token, which nobody asks for
      encoding.writeVarString(encoder, "")
    }))
    this.say(STEP1, NOTHING)
  }
}

export const SPEAKERS = { ours: Ours, hocuspocus: Hocuspocus, "y-websocket": YWebsocket }
