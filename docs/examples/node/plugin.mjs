// What makes a plugin of a provider, as sesame's docs/wire.md has it. Nothing here is Acme's.
import { fileURLToPath } from 'node:url'
import grpc from '@grpc/grpc-js'
import loader from '@grpc/proto-loader'
import protobuf from 'protobufjs'

export const { NOT_FOUND, UNAUTHENTICATED, UNAVAILABLE } = grpc.status

// A Failure is the error of a call: one of the three codes, a message without a secret, what a person
// is to type next, and the seconds after which the issuer wants to be asked again.
export class Failure extends Error {
  constructor (code, message, { repair = '', retryAfter = 0 } = {}) {
    super(message)
    Object.assign(this, { code, repair, retryAfter })
  }
}

const here = fileURLToPath(new URL('.', import.meta.url))
const files = ['provider.proto', 'host.proto', 'status.proto'].map(name => here + name)
const types = new protobuf.Root().loadSync(files, { keepCase: true })
const services = loader.loadSync(files, { keepCase: true, longs: Number, enums: String, defaults: true })

// status returns an error as gRPC sends it. Without the detail, sesame takes UNAVAILABLE for a crash.
function status (error) {
  if (!(error instanceof Failure)) {
    console.error(error.stack)
    error = new Failure(UNAVAILABLE, 'the plugin has a fault, which its log shows')
  }
  const encode = (type, message) => Buffer.from(types.lookupType(type).encode(message).finish())
  const { code, message, repair, retryAfter } = error
  const detail = retryAfter > 0 ? { repair, retry_after: { seconds: retryAfter } } : { repair }
  const details = [{
    type_url: 'type.googleapis.com/sesame.provider.v1.ErrorDetail',
    value: encode('sesame.provider.v1.ErrorDetail', detail)
  }]
  const metadata = new grpc.Metadata()
  metadata.set('grpc-status-details-bin', encode('google.rpc.Status', { code, message, details }))
  return { code, details: message, metadata }
}

// handler returns a method as gRPC calls it: with the request, and a signal that says when nobody waits any more.
const handler = method => async (call, callback) => {
  const cancelled = new AbortController()
  call.on('cancelled', () => cancelled.abort())
  try {
    callback(null, await method(call.request, cancelled.signal) ?? {})
  } catch (error) {
    callback(status(error))
  }
}

// serve answers sesame's calls by the methods of provider, until sesame ends the process.
export function serve (provider) {
  if (process.env.SESAME_PROVIDER_PLUGIN !== '7c1f9f0e4b0a4d3c8d5e6a2b91f3c0d7') {
    console.error('this is a sesame provider plugin: it is started by sesame')
    process.exit(1)
  }
  process.umask(0o077)
  const parent = process.ppid
  setInterval(() => process.ppid === parent || process.exit(1), 1000).unref()

  const server = new grpc.Server()
  const methods = Object.entries(provider).map(([name, method]) => [name, handler(method)])
  server.addService(services['sesame.provider.v1.ProviderService'], Object.fromEntries(methods))
  server.addService(services['plugin.GRPCController'], {
    Shutdown (call, callback) {
      callback(null, {})
      server.tryShutdown(() => process.exit(0))
    }
  })
  const socket = `${process.env.PLUGIN_UNIX_SOCKET_DIR}/plugin`
  server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(), error => {
    if (error) throw error
    process.stdout.write(`1|1|unix|${socket}|grpc\n`)
  })
}
