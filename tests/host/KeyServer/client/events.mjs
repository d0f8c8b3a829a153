// Judges every event of a workspace by the schemas: node events.mjs <endpoint> <api key>. What begins with door. or webhook. is this server's own, and has what all have.
// Prints "type count" of each type.
import assert from 'node:assert/strict'
import { Seam } from 'seam'
import { valid, validEvent } from '../schemas/valid.mjs'

const [endpoint, apiKey] = process.argv.slice(2)
const seam = new Seam({ apiKey, endpoint, axiosRetryOptions: { retries: 0 } })
const events = await seam.events.list({ since: '2020-01-01T00:00:00Z', limit: 500 })
const counts = {}
for (const event of events) {
  counts[event.event_type] = (counts[event.event_type] ?? 0) + 1
  if (!/^(door|webhook)\./.test(event.event_type)) validEvent(event)
  for (const name of ['event_id', 'workspace_id', 'created_at', 'occurred_at']) assert.equal(typeof event[name], 'string')
  assert.ok(event.occurred_at <= event.created_at, `${event.event_type} occurred ${event.occurred_at}, later than ${event.created_at}`)
}
for (const [type, count] of Object.entries(counts)) console.log(`${type} ${count}`)
process.exit(0)
