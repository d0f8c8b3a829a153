// A receiver of webhooks as somebody has written it for Seam: node webhook.mjs <endpoint> <api key>. It makes its webhook through the official client, verifies each
// message with the client's own verifier, judges the event by the schemas, and tells it: "event …". A line on standard input ends it.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { Seam, SeamWebhook } from 'seam'
import { valid, validEvent } from '../schemas/valid.mjs'

const [endpoint, apiKey] = process.argv.slice(2)
const seam = new Seam({ apiKey, endpoint, axiosRetryOptions: { retries: 0 } })
const types = ['lock.unlocked', 'lock.access_denied']
let webhook

const receiver = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const event = validEvent(new SeamWebhook(webhook.secret).verify(body, request.headers))
  assert.throws(() => new SeamWebhook(webhook.secret).verify(body.replace('lock', 'sock'), request.headers))
  assert.equal(request.headers['svix-id'], event.event_id)
  assert.deepEqual(await seam.events.get({ event_id: event.event_id }), event)
  response.end()
  console.log(`event ${event.event_type} ${event.user_identity_id} ${event.acs_entrance_id} ${event.clock_quality} ${event.is_via_bluetooth}`)
})

receiver.listen(0, '127.0.0.1', async () => {
  webhook = valid('webhook', await seam.webhooks.create({ url: `http://127.0.0.1:${receiver.address().port}/hook`, event_types: ['*'] }))
  const { webhook_id } = webhook
  await seam.webhooks.update({ webhook_id, event_types: types })
  webhook = valid('webhook', await seam.webhooks.get({ webhook_id }))
  assert.deepEqual(webhook.event_types, types)
  assert.deepEqual(await seam.webhooks.list(), [webhook])
  console.log('ready')
  for await (const _ of createInterface({ input: process.stdin })) break
  await seam.webhooks.delete({ webhook_id })
  assert.deepEqual(await seam.webhooks.list(), [])
  console.log('ended')
  process.exit(0)
})
