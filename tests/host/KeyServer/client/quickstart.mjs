// What somebody who has written for Seam does, through the official client: node quickstart.mjs <endpoint> <api key>. A line "check …" for each thing
// that held; "link …" and "deleted" ask the test to go to the door, which answers with a line on standard input.
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { Seam, isSeamHttpInvalidInputError } from 'seam'
import { valid, validEvent } from '../schemas/valid.mjs'

const [endpoint, apiKey] = process.argv.slice(2)
const seam = new Seam({ apiKey, endpoint, axiosRetryOptions: { retries: 0 } })
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const start = new Date(Date.now() - 60000).toISOString()
const inDays = (days) => new Date(Date.now() + days * 86400000).toISOString()
const each = (name, list) => list.map((item) => valid(name, item))

async function check(name, work) {
  await work()
  console.log(`check ${name}`)
}

async function tell(line, expected) {
  console.log(line)
  assert.equal((await lines.next()).value, expected)
}

let system, entrances, grant, method, person

await check('the site is one access system', async () => {
  ;[system] = each('acs_system', await seam.acs.systems.list())
  const { acs_system_id } = system
  assert.deepEqual(valid('acs_system', await seam.acs.systems.get({ acs_system_id })), system)
  each('workspace', await seam.workspaces.list())
})

await check('its doors are entrances', async () => {
  const { acs_system_id } = system
  entrances = each('acs_entrance', await seam.acs.entrances.list({ acs_system_id }))
  assert.deepEqual(entrances.map((e) => e.display_name), ['FRONT', 'POOL', 'LIFT, floor 0', 'LIFT, floor 1', 'LIFT, floor 2'])
  const [{ acs_entrance_id }] = entrances
  assert.deepEqual(await seam.acs.entrances.get({ acs_entrance_id }), entrances[0])
  const pages = seam.createPaginator(seam.acs.entrances.list({ limit: 2 }))
  assert.deepEqual(await pages.flattenToArray(), entrances)
  assert.deepEqual((await seam.acs.entrances.list({ search: 'lift' })).length, 3)
})

let space

await check('entrances are put together in a space', async () => {
  space = valid('space', await seam.spaces.create({ name: 'House', space_key: 'house', acs_entrance_ids: [entrances[0].acs_entrance_id] }))
  const { space_id } = space
  await seam.spaces.addAcsEntrances({ space_id, acs_entrance_ids: [entrances[1].acs_entrance_id, entrances[3].acs_entrance_id] })
  assert.equal((await seam.spaces.get({ space_key: 'house' })).acs_entrance_count, 3)
  await seam.spaces.removeAcsEntrances({ space_id, acs_entrance_ids: [entrances[1].acs_entrance_id] })
  await seam.spaces.update({ space_id, name: 'The house' })
  assert.deepEqual(each('space', await seam.spaces.list()).map((s) => [s.name, s.acs_entrance_count]), [['The house', 2]])
  assert.deepEqual((await seam.acs.entrances.list({ space_id })).map((e) => e.display_name), ['FRONT', 'LIFT, floor 1'])
  assert.deepEqual(valid('acs_entrance', await seam.acs.entrances.get({ acs_entrance_id: entrances[0].acs_entrance_id })).space_ids, [space_id])
})

await check('a person is changed', async () => {
  person = valid('user_identity', await seam.userIdentities.create({ full_name: 'Jane Doe' }))
  const { user_identity_id } = person
  await seam.userIdentities.update({ user_identity_id, email_address: 'jane@example.com' })
  assert.equal(valid('user_identity', await seam.userIdentities.get({ user_identity_id })).email_address, 'jane@example.com')
})

await check('an access grant with a mobile key', async () => {
  const { user_identity_id } = person
  grant = valid('access_grant', await seam.accessGrants.create({
    user_identity_id,
    acs_entrance_ids: [entrances[1].acs_entrance_id],
    space_ids: [space.space_id],
    requested_access_methods: [{ mode: 'mobile_key', instant_key_max_use_count: 3 }],
    access_grant_key: 'stay-1',
    starts_at: inDays(-0.01),
    ends_at: inDays(3),
  }))
  assert.ok(grant.instant_key_url.startsWith(endpoint))
  const { access_grant_id } = grant
  assert.deepEqual(await seam.accessGrants.get({ access_grant_key: 'stay-1' }), grant)
  assert.deepEqual(each('access_grant', await seam.accessGrants.list({ user_identity_id })), [grant])
  assert.deepEqual(await seam.accessGrants.list({ space_id: space.space_id }), [grant])
  assert.deepEqual(await seam.accessGrants.list({ acs_entrance_id: entrances[0].acs_entrance_id }), [grant])
  assert.deepEqual(await seam.accessGrants.list({ acs_entrance_id: entrances[2].acs_entrance_id }), [])
  ;[method] = each('access_method', await seam.accessMethods.list({ access_grant_id }))
  assert.deepEqual([method.is_issued, method.instant_key_url, method.mode], [true, grant.instant_key_url, 'mobile_key'])
  assert.deepEqual(await seam.accessMethods.get({ access_method_id: method.access_method_id }), method)
  const related = valid('batch', await seam.accessGrants.getRelated({ access_grant_ids: [access_grant_id] }))
  assert.deepEqual(related.acs_entrances.map((e) => e.display_name), ['FRONT', 'POOL', 'LIFT, floor 1'])
  assert.deepEqual(related.access_methods, [method])
  assert.deepEqual(await seam.accessGrants.getRelated({ access_grant_keys: ['stay-1'] }), related)
  const around = valid('batch', await seam.spaces.getRelated({ space_ids: [space.space_id], exclude: ['acs_systems'] }))
  assert.deepEqual(Object.keys(around), ['spaces', 'acs_entrances', 'access_methods'])
  assert.deepEqual([around.acs_entrances.map((e) => e.display_name), around.access_methods], [['FRONT', 'LIFT, floor 1'], [method]])
})

await check('the same key is no second grant', async () => {
  const again = seam.accessGrants.create({
    user_identity_id: person.user_identity_id, acs_entrance_ids: [entrances[0].acs_entrance_id],
    requested_access_methods: [{ mode: 'mobile_key' }], access_grant_key: 'stay-1', ends_at: inDays(1),
  })
  await assert.rejects(again, isSeamHttpInvalidInputError)
  assert.equal((await seam.accessGrants.list()).length, 1)
})

await tell(`link ${grant.instant_key_url}`, 'opened')

await check('phone, session, credential', async () => {
  const [session] = each('client_session', await seam.clientSessions.list({ user_identity_id: person.user_identity_id }))
  assert.deepEqual(await seam.clientSessions.get({ client_session_id: session.client_session_id }), session)
  const [phone] = each('phone', await seam.phones.list({ owner_user_identity_id: person.user_identity_id }))
  assert.deepEqual(await seam.phones.get({ device_id: phone.device_id }), phone)
  const credentials = each('acs_credential', await seam.acs.credentials.list({ user_identity_id: person.user_identity_id }))
  assert.equal(credentials.length, 2, 'one for the doors, one for the floors')
  assert.deepEqual(await seam.acs.credentials.get({ acs_credential_id: credentials[0].acs_credential_id }), credentials[0])
  const related = valid('batch', await seam.accessMethods.getRelated({ access_method_ids: [method.access_method_id] }))
  assert.deepEqual(related.acs_credentials.map((c) => c.acs_credential_id).sort(), credentials.map((c) => c.acs_credential_id).sort())
  assert.deepEqual([related.client_sessions, related.instant_keys.map((k) => k.instant_key_url)], [[session], [grant.instant_key_url]])
  assert.deepEqual([related.access_grants, related.access_methods, related.spaces.map((s) => s.space_id)], [[grant], [method], [space.space_id]])
  const opened = await Promise.all(credentials.map(({ acs_credential_id }) => seam.acs.entrances.list({ acs_credential_id })))
  assert.deepEqual(opened.flat().map((e) => e.display_name).sort(), ['FRONT', 'LIFT, floor 1', 'POOL'])
})

await check('the grant is changed', async () => {
  const { access_grant_id } = grant
  await seam.accessGrants.update({ access_grant_id, ends_at: inDays(4), name: 'Longer' })
  const changed = valid('access_grant', await seam.accessGrants.get({ access_grant_id }))
  assert.equal(changed.name, 'Longer')
  assert.ok(Date.parse(changed.ends_at) > Date.parse(grant.ends_at))
})

await tell('changed', 'opened')
await seam.accessGrants.delete({ access_grant_id: grant.access_grant_id })
await tell('deleted', 'refused')

await check('its events', async () => {
  const events = await seam.events.list({ since: start, access_grant_id: grant.access_grant_id })
  events.forEach(validEvent)
  const types = events.map((e) => e.event_type)
  assert.equal(types[0], 'access_grant.created')
  assert.ok(types.includes('access_grant.deleted'))
  assert.ok(events.some((e) => e.event_type === 'lock.unlocked' && e.acs_entrance_id === entrances[0].acs_entrance_id && e.user_identity_id === person.user_identity_id))
  assert.equal(types.filter((t) => t === 'access_grant.access_granted_to_door').length, 3)
  const { event_id } = events[0]
  assert.deepEqual(await seam.events.get({ event_id }), events[0])
  const all = await seam.events.list({ since: start })
  all.forEach(validEvent)
  assert.ok(all.length > events.length)
})

await check('a person is made along with the grant, and a phone is deactivated', async () => {
  const inline = valid('access_grant', await seam.accessGrants.create({
    user_identity: { full_name: 'John' }, acs_entrance_ids: [entrances[0].acs_entrance_id], requested_access_methods: [{ mode: 'mobile_key' }],
  }))
  assert.equal(inline.ends_at, null)
  const { access_grant_id } = inline
  const two = valid('access_grant', await seam.accessGrants.requestAccessMethods({ access_grant_id, requested_access_methods: [{ mode: 'mobile_key' }] }))
  assert.equal(two.access_method_ids.length, 2)
  assert.equal(two.instant_key_url, undefined)
  await seam.accessMethods.delete({ access_method_id: two.access_method_ids[1] })
  const one = await seam.accessGrants.get({ access_grant_id })
  assert.equal(one.instant_key_url, inline.instant_key_url)
  await tell(`redeem ${one.instant_key_url}`, 'redeemed')
  const [phone] = await seam.phones.list({ owner_user_identity_id: one.user_identity_id })
  await seam.phones.deactivate({ device_id: phone.device_id })
  assert.deepEqual(await seam.phones.list({ owner_user_identity_id: one.user_identity_id }), [])
  await tell('deactivated', 'refused')
  const [session] = await seam.clientSessions.list({ user_identity_id: one.user_identity_id })
  await seam.clientSessions.revoke({ client_session_id: session.client_session_id })
  assert.deepEqual((await seam.accessGrants.get({ access_grant_id })).access_method_ids, [])
  await seam.spaces.delete({ space_id: space.space_id })
  assert.deepEqual(await seam.spaces.list(), [])
})

await check('the last events', async () => (await seam.events.list({ since: start })).forEach(validEvent))
process.exit(0)
