// What an integrator's program does, through the official client: node client.mjs <endpoint> <api key>.
// Each line of the output names a check that held; the first that does not ends the program with 1.
import assert from 'node:assert/strict'
import {
  Seam,
  isSeamHttpApiError,
  isSeamHttpInvalidInputError,
  isSeamHttpUnauthorizedError,
} from 'seam'

const [endpoint, apiKey] = process.argv.slice(2)
const seam = new Seam({ apiKey, endpoint, axiosRetryOptions: { retries: 0 } })
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const start = new Date(Date.now() - 60000).toISOString()

async function check(name, work) {
  await work()
  console.log(name)
}

async function refused(work) {
  try {
    await work()
  } catch (error) {
    return error
  }
  assert.fail('was not refused')
}

let workspace, identity, key, other

await check('workspace', async () => {
  workspace = await seam.workspaces.get()
  assert.match(workspace.workspace_id, uuid)
})

await check('create identity', async () => {
  identity = await seam.userIdentities.create({
    user_identity_key: 'guest-1',
    full_name: 'Ada Guest',
    email_address: 'ada@example.com',
    phone_number: '+15555550100',
  })
  assert.match(identity.user_identity_id, uuid)
  assert.equal(identity.workspace_id, workspace.workspace_id)
  assert.equal(identity.display_name, 'Ada Guest')
  assert.ok(!Number.isNaN(Date.parse(identity.created_at)))
})

await check('get identity', async () => {
  const { user_identity_id } = identity
  assert.deepEqual(await seam.userIdentities.get({ user_identity_id }), identity)
  assert.deepEqual(await seam.userIdentities.get({ user_identity_key: 'guest-1' }), identity)
})

await check('page through identities', async () => {
  await seam.userIdentities.create({ user_identity_key: 'guest-2' })
  await seam.userIdentities.create({})
  const pages = seam.createPaginator(seam.userIdentities.list({ limit: 2 }))
  const all = await pages.flattenToArray()
  assert.equal(all.length, 3)
  assert.deepEqual(all[0], identity)
})

await check('generate instant key', async () => {
  const { user_identity_id } = identity
  key = await seam.userIdentities.generateInstantKey({ user_identity_id, max_use_count: 2 })
  other = await seam.userIdentities.generateInstantKey({ user_identity_id })
  assert.deepEqual(Object.keys(key).sort(), [
    'client_session_id', 'created_at', 'expires_at', 'instant_key_id', 'instant_key_url', 'user_identity_id', 'workspace_id',
  ])
  assert.equal(key.user_identity_id, user_identity_id)
  assert.ok(key.instant_key_url.startsWith(endpoint))
  assert.ok(Date.parse(key.expires_at) > Date.now())
  assert.notEqual(key.instant_key_url, other.instant_key_url)
})

await check('get instant key by id and by url', async () => {
  const { instant_key_id, instant_key_url } = key
  assert.deepEqual(await seam.instantKeys.get({ instant_key_id }), key)
  assert.deepEqual(await seam.instantKeys.get({ instant_key_url }), key)
})

await check('list instant keys', async () => {
  const { user_identity_id } = identity
  assert.deepEqual(await seam.instantKeys.list({ user_identity_id }), [key, other])
  assert.deepEqual(await seam.instantKeys.list(), [key, other])
})

await check('the same by GET and DELETE with a query', async () => {
  const params = { user_identity_id: identity.user_identity_id, _strict: true }
  const list = await seam.client.get('/instant_keys/list', { params })
  assert.deepEqual(list.data, { instant_keys: [key, other], ok: true })
  const ids = { user_identity_ids: [identity.user_identity_id, other.instant_key_id], _strict: true }
  const identities = await seam.client.get('/user_identities/list', { params: ids })
  assert.deepEqual(identities.data.user_identities, [identity])
  const { instant_key_id } = other
  const deleted = await seam.client.delete('/instant_keys/delete', { params: { instant_key_id, _strict: true } })
  assert.deepEqual(deleted.data, { ok: true })
  assert.match(deleted.headers['seam-request-id'], uuid)
})

await check('delete instant key', async () => {
  const { instant_key_id } = key
  await seam.instantKeys.delete({ instant_key_id })
  assert.deepEqual(await seam.instantKeys.list(), [])
})

await check('events', async () => {
  const events = await seam.events.list({ since: start, event_types: ['client_session.deleted', 'phone.deactivated'] })
  assert.deepEqual(events.map((e) => e.client_session_id), [other.client_session_id, key.client_session_id])
  assert.ok(events.every((e) => e.event_type === 'client_session.deleted' && e.workspace_id === workspace.workspace_id))
  const between = await seam.events.list({ between: [start, new Date(Date.now() + 60000).toISOString()], limit: 1 })
  assert.equal(between.length, 1)
  const params = { since: start, event_types: ['client_session.deleted'], limit: 1, _strict: true }
  assert.deepEqual((await seam.client.get('/events/list', { params })).data.events, between)
})

await check('not found', async () => {
  const { instant_key_id } = key
  const error = await refused(() => seam.instantKeys.get({ instant_key_id }))
  assert.ok(isSeamHttpApiError(error))
  assert.equal(error.code, 'instant_key_not_found')
  assert.equal(error.statusCode, 404)
  assert.match(error.requestId, uuid)
  const nobody = await refused(() => seam.userIdentities.generateInstantKey({ user_identity_id: instant_key_id }))
  assert.equal(nobody.code, 'user_identity_not_found')
})

await check('invalid input', async () => {
  const error = await refused(() => seam.userIdentities.generateInstantKey({ user_identity_id: 'nobody', max_use_count: 0 }))
  assert.ok(isSeamHttpInvalidInputError(error))
  assert.equal(error.code, 'invalid_input')
  assert.deepEqual(error.getValidationErrorMessages('user_identity_id'), ['wanted a UUID'])
  assert.equal(error.getValidationErrorMessages('max_use_count').length, 1)
})

await check('unauthorized', async () => {
  const stranger = new Seam({ apiKey: 'seam_nobody', endpoint })
  const error = await refused(() => stranger.instantKeys.list())
  assert.ok(isSeamHttpUnauthorizedError(error))
  assert.equal(error.code, 'unauthorized')
  assert.match(error.requestId, uuid)
})

await check('delete identity', async () => {
  const { user_identity_id } = identity
  await seam.userIdentities.delete({ user_identity_id })
  const error = await refused(() => seam.userIdentities.get({ user_identity_id }))
  assert.equal(error.code, 'user_identity_not_found')
})
