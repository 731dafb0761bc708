// A hocuspocus server as its documentation starts one, in memory: it broadcasts before it would store, so that a
// database could only make it slower. Its port is the first argument.
import { Server } from "@hocuspocus/server"

const server = new Server({ port: Number(process.argv[2]), address: "127.0.0.1", quiet: true })
await server.listen()
console.log("listening")
