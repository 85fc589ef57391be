// Turns the server's joined description into the types of the client.
import { copyFileSync, existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'

const path = name => fileURLToPath(new URL(name, import.meta.url))
const from = path('../../build/generated/openapi.json')
if (!existsSync(from)) {
  console.error('web: build/generated/openapi.json is missing; run script/generate first')
  process.exit(1)
}
copyFileSync(from, path('../src/api/openapi.json'))
writeFileSync(path('../src/api/schema.d.ts'), astToString(await openapiTS(new URL('../src/api/openapi.json', import.meta.url), { emptyObjectsUnknown: true })))
