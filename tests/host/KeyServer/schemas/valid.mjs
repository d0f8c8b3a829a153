// Judges objects by the schemas of the API, as they come from npm. What a schema does not know is no fault: the API itself adds fields.
import assert from 'node:assert/strict'
import * as models from './node_modules/@seamapi/types/lib/seam/connect/models/index.js'

/** @returns the object. @throws with every fault that the schema finds */
export function valid(name, object) {
  const schema = models[name]
  assert.ok(schema, `no schema ${name}`)
  const { success, error } = schema.safeParse(object)
  assert.ok(success, `${name}: ${JSON.stringify(error?.issues)} in ${JSON.stringify(object)}`)
  return object
}

export const validEvent = (event) => valid('seam_event', event)
