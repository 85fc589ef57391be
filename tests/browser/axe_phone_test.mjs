// What axe finds on every screen, on a phone.
import { darkOnAPhone, lightOnAPhone } from './axe.mjs'
import { runAll } from './desk.mjs'

runAll({ lightOnAPhone, darkOnAPhone })
