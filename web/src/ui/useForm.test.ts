import { expect, test } from 'vitest'
import { useForm } from './useForm'

/** Something under way, and how to end it. */
function waits() {
  let end = () => {}
  const over = new Promise<void>(done => { end = done })
  return { act: () => over, end }
}
const settled = () => new Promise(done => setTimeout(done))

test('of two saves the second does not begin', async () => {
  const { run } = useForm()
  const first = waits()
  let begun = 0
  const one = run(first.act)
  expect(await run(async () => { begun++ })).toBe(false)
  first.end()
  expect([await one, begun]).toEqual([true, 0])
})

test('what is to be read anew waits for what is under way, and is read once', async () => {
  const { renew, busy } = useForm()
  const first = waits()
  const read: string[] = []
  renew(first.act)
  renew(async () => { read.push('early') })
  renew(async () => { read.push('late') })
  expect(read).toEqual([])
  first.end()
  await settled()
  expect([read, busy.value]).toEqual([['late'], false])
})

test('a save that failed still says so when something is read behind it', async () => {
  const { run, renew, failure } = useForm()
  const first = waits()
  const save = run(async () => { await first.act(); throw new Error('no') })
  let read = 0
  renew(async () => { read++ })
  first.end()
  expect(await save).toBe(false)
  await settled()
  expect([read, failure.value !== '']).toEqual([1, true])
})
