/** A key made of a name: small letters, digits and _, beginning with a letter. */
export function keyOf(name: string): string {
  const plain = name.toLowerCase().replace(/ä/g, 'ae').replace(/[öő]/g, 'oe').replace(/[üű]/g, 'ue').replace(/ß/g, 'ss').normalize('NFD').replace(/\p{M}/gu, '')
  return plain.replace(/[^a-z0-9]+/g, '_').replace(/^[_0-9]+|_+$/g, '').slice(0, 40)
}
