// What axe finds on every screen, on a desk.
import { darkOnADesk, lightOnADesk } from './axe.mjs'
import { runAll } from './desk.mjs'

runAll({ lightOnADesk, darkOnADesk })
