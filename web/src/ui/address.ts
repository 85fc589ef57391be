/** A long address breaks before its @ and its dots, never within a word. */
export const partsOf = (address: string) => address.split(/(?=[@.])/)
