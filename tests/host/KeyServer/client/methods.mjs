// Every method of the official client, as the path that it asks: node methods.mjs <endpoint> <api key>
import { SeamHttpEndpoints } from 'seam'

const paths = Object.getOwnPropertyNames(SeamHttpEndpoints.prototype).filter((name) => name.startsWith('/'))
console.log(paths.sort().join('\n'))
