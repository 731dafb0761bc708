// People who type, all in this process. It is told what to do by JSON lines on standard input and answers each with one
// on standard output:
//
//     join     {speaker, url, people: [{doc, cookie}], observe, texts}   everybody connects at once
//     rows     {count}                    ours: one person of each document adds rows, so that there are texts
//     type     {rate, warm, seconds}      everybody types; latencies of the time after the warm-up
//     flood    {updates, unanswered}      as fast as the server acknowledges
//     kill     {rate}                     type until every connection is gone; what was acknowledged and seen is kept
//     verify   {speaker, url, people}     fresh readers compare what is kept with what the server has
//     leave    {}
//
// Each participant types one character an update behind its last one, in a Y.Doc that holds what it typed. Every
// `observe`th of a document also has one in which it applies what everybody else types, which is when a latency is
// taken; the others receive the same messages and leave them unread. So a thousand people fit on one core, and the
// server does the same work as for a thousand browsers.
//
// Keystrokes have fixed times, evenly spread over the participants, and a latency counts from that time: a generator
// or a server that falls behind cannot hide it by typing later (coordinated omission). `lateness` is how much of it was
// the generator's own.
import { createInterface } from "node:readline"
import * as Y from "yjs"
import { SPEAKERS } from "./speakers.mjs"

const LETTERS = "the quick brown fox jumps over a lazy dog, wondering why it should; "
const SYNC_MS = 60_000
const DRAIN_MS = 10_000
const now = () => performance.now()
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

class Participant {
  constructor(at, person, observes, texts) {
    Object.assign(this, { at, person, observes, texts })
    this.ydoc = new Y.Doc()
    this.others = observes ? new Y.Doc() : null
    this.due = [] // when the character of each clock was to be typed
    this.sent = []
    this.acked = 0
    this.seen = 0 // clocks that another participant has applied
    this.typed = ""
    this.open = true
    this.synced = false
  }

  connect(speaker, url) {
    this.began = now()
    return new Promise((resolve, reject) => {
      const on = {
        acked: (count) => { this.acked = count },
        closed: (why) => {
          this.open = false
          reject(new Error(`${this.person.doc}: ${why}`))
        },
        synced: (diff) => {
          if (this.synced) return
          this.synced = true
          if (this.observes) Y.applyUpdate(this.others, diff)
          if (this.speaker.client !== null) this.ydoc.clientID = this.speaker.client
          writers.set(this.ydoc.clientID, this)
          this.ready = now()
          resolve(this)
        },
      }
      if (this.observes) {
        on.updates = (updates) => this.apply(updates)
        this.others.on("afterTransaction", ({ beforeState, afterState }) => this.noted(beforeState, afterState))
      }
      this.speaker = new SPEAKERS[speaker](url, this.person, on)
      this.ydoc.on("update", (update) => this.speaker.send(update))
    })
  }

  apply(updates) {
    for (const update of updates) Y.applyUpdate(this.others, update)
  }

  // what an observer has just got: samples for the window, and proof for after a kill
  noted(before, after) {
    const at = now()
    for (const [client, clock] of after) {
      const from = before.get(client) ?? 0
      if (clock === from) continue
      const writer = writers.get(client)
      if (writer === undefined || writer === this) continue
      if (clock > writer.seen) writer.seen = clock
      for (let each = from; each < clock; each++) {
        const due = writer.due[each]
        if (due >= sampled.from && due < sampled.to) {
          sampled.latencies.push(at - due)
          sampled.fromInsert.push(at - writer.sent[each])
        }
      }
    }
  }

  // one character behind this participant's last one
  type(due) {
    const text = this.text ??= this.ydoc.getText(this.name())
    const letter = LETTERS[this.typed.length % LETTERS.length]
    this.due.push(due)
    this.sent.push(now())
    this.typed += letter
    text.insert(text.length, letter)
  }

  // updates on their way; y-websocket tells nobody
  waits() {
    return this.speaker.acknowledges ? this.due.length - this.acked : 0
  }

  name() {
    const names = this.speaker.names ?? Array.from({ length: this.texts }, (_, at) => `question:${at}`)
    return names[this.at % names.length]
  }
}

let people = []
let writers = new Map()
let kept = [] // of those who were there when the server was killed
let sampled = { from: 0, to: 0, latencies: [], fromInsert: [] }

async function join({ speaker, url, people: persons, observe, texts = 10 }) {
  const rooms = new Map()
  people = persons.map((person) => {
    const at = rooms.get(person.doc) ?? 0
    rooms.set(person.doc, at + 1)
    return new Participant(at, person, at % observe === 0, texts)
  })
  const began = now()
  const before = process.cpuUsage()
  const late = setTimeout(() => people.forEach((one) => one.speaker.close()), SYNC_MS)
  const all = await Promise.allSettled(people.map((one) => one.connect(speaker, url)))
  clearTimeout(late)
  const seconds = people.filter((one) => one.synced).map((one) => (one.ready - began) / 1000).sort((a, b) => a - b)
  const refused = all.find((one) => one.status === "rejected")
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / 1e6, synced: seconds.length, all: seconds.at(-1), median: share(seconds, 0.5), fault: refused?.reason.message }
}

async function rows({ count }) {
  const first = [...new Map(people.map((one) => [one.person.doc, one])).values()]
  for (let row = 0; row < count; row++) {
    await Promise.all(first.map((one, at) => one.speaker.command(`row-${at}-${row}`, { kind: "row.add" })))
  }
  return { rows: count * first.length }
}

// Keystrokes from `from` to `to`, those of participant i at from + (i / n + k) / rate.
async function keystrokes(rate, from, to) {
  const every = 1000 / rate / people.length
  for (let next = 0; ; next++) {
    const due = from + next * every
    if (due >= to) return next
    while (now() < due) await sleep(due - now() > 1 ? Math.floor(due - now()) : 0)
    const one = people[next % people.length]
    if (one.open) one.type(due)
    else if (!people.some((each) => each.open)) return next
    if (next % 16 === 15) await new Promise(setImmediate) // one that is behind still reads
  }
}

async function type({ rate, warm, seconds }) {
  const from = now() + 50
  const start = from + warm * 1000
  const end = start + seconds * 1000
  sampled = { from: start, to: end, latencies: [], fromInsert: [] }
  let cpu = null
  setTimeout(() => { cpu = process.cpuUsage(); say({ at: "begin" }) }, start - now())
  setTimeout(() => { cpu = process.cpuUsage(cpu); say({ at: "end" }) }, end - now())
  await keystrokes(rate, from, end + 300)
  const typed = people.flatMap((one) => one.due.map((due, at) => [due, one.sent[at], one]))
    .filter(([due]) => due >= start && due < end)
  const observers = new Map()
  for (const one of people) if (one.observes) observers.set(one.person.doc, (observers.get(one.person.doc) ?? 0) + 1)
  const expected = typed.reduce((sum, [, , one]) => sum + observers.get(one.person.doc) - (one.observes ? 1 : 0), 0)
  const patience = now() + DRAIN_MS
  while (now() < patience && (sampled.latencies.length < expected || unacknowledged())) {
    await sleep(20)
  }
  const lateness = typed.map(([due, sent]) => sent - due).sort((a, b) => a - b)
  const latencies = Float64Array.from(sampled.latencies).sort()
  const fromInsert = Float64Array.from(sampled.fromInsert).sort()
  const spent = (cpu.user + cpu.system) / 1e6
  return {
    typed: typed.length, expected, applied: latencies.length, unacknowledged: unacknowledged(),
    gone: people.filter((one) => !one.open).length,
    p50: share(latencies, 0.5), p99: share(latencies, 0.99), most: latencies.at(-1),
    insert_p50: share(fromInsert, 0.5), insert_p99: share(fromInsert, 0.99),
    lateness: share(lateness, 0.99), cpu: spent, user: cpu.user / 1e6, system: cpu.system / 1e6,
  }
}

const unacknowledged = () => people.reduce((sum, one) => sum + one.waits(), 0)

// Every participant keeps `unanswered` updates on their way. Three characters, then every fifth one is taken back.
async function flood({ updates, unanswered }) {
  let left = updates
  let told = 0
  const began = now()
  const counts = people.map(() => 0)
  const lengths = people.map(() => 0)
  while (people.some((one, at) => one.acked < counts[at]) || left > 0) {
    people.forEach((one, at) => {
      if (!one.open) throw new Error(`a connection was closed during the flood: ${one.speaker.why}`)
      const text = one.text ??= one.ydoc.getText(one.name())
      while (left > 0 && counts[at] - one.acked < unanswered) {
        if (counts[at] % 5 === 4) text.delete(--lengths[at], 1)
        else text.insert(lengths[at]++, LETTERS[counts[at] % LETTERS.length])
        counts[at]++
        left--
      }
    })
    const done = people.reduce((sum, one) => sum + one.acked, 0)
    if (done - told >= updates / 20) {
      told = done
      say({ at: "flood", count: done, seconds: (now() - began) / 1000 })
    }
    await new Promise(setImmediate)
    if (left <= 0) await sleep(1)
  }
  return { updates, seconds: (now() - began) / 1000 }
}

async function kill({ rate }) {
  say({ at: "typing" })
  await keystrokes(rate, now(), Infinity)
  for (const one of people) {
    const { ydoc: { clientID }, person: { doc }, acked, seen, typed } = one
    kept.push({ client: clientID, doc, acked, seen, typed })
  }
  const sum = (pick) => people.reduce((total, one) => total + pick(one), 0)
  return { typed: sum((one) => one.typed.length), acked: sum((one) => one.acked), seen: sum((one) => one.seen) }
}

async function verify(asked) {
  const joined = await join({ ...asked, observe: 1 })
  const documents = new Map(people.map((one) => [one.person.doc, one.others]))
  let [lostAcked, lostSeen, acked, seen] = [0, 0, 0, 0]
  for (const one of kept) {
    const found = written(documents.get(one.doc), one.client)
    let same = 0
    while (same < one.typed.length && found[same] === one.typed[same]) same++
    acked += one.acked
    seen += one.seen
    lostAcked += Math.max(0, one.acked - same)
    lostSeen += Math.max(0, one.seen - same)
  }
  leave()
  kept = []
  return { ...joined, acked, seen, lostAcked, lostSeen }
}

// The text of a client, by its clock; what is deleted or missing is a gap.
function written(ydoc, client) {
  const structs = ydoc?.store.clients.get(client) ?? []
  return structs.map((struct) => struct.content?.str ?? "\0".repeat(struct.length)).join("")
}

function leave() {
  for (const one of people) one.speaker.close()
  people = []
  writers = new Map()
  return {}
}

const DO = { join, rows, type, flood, kill, verify, leave }

for await (const line of createInterface({ input: process.stdin })) {
  const { do: what, ...asked } = JSON.parse(line)
  try {
    say({ done: what, ...(await DO[what](asked)) })
  } catch (error) {
    say({ done: what, fault: error.stack })
  }
}
process.exit(0)

function share(sorted, part) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] : null
}
