/** Marks variables without a value where they stand in the text. */
import { Extension, type Editor } from '@tiptap/vue-3'
import type { Node } from '@tiptap/pm/model'
import { Plugin } from '@tiptap/pm/state'
import { Decoration, DecorationSet } from '@tiptap/pm/view'
import { holesIn } from '@/api/replies'

function placesOf(doc: Node) {
  const places: { from: number; to: number }[] = []
  doc.descendants((node, at) => {
    if (!node.isTextblock) return
    for (const each of holesIn(node.textBetween(0, node.content.size, '\n', '\ufffc'))) places.push({ from: at + 1 + each.from, to: at + 1 + each.to })
  })
  return places
}

export const Holes = Extension.create({
  name: 'holes',
  addProseMirrorPlugins: () => [new Plugin({
    props: { decorations: ({ doc }) => DecorationSet.create(doc, placesOf(doc).map(({ from, to }) => Decoration.inline(from, to, { class: 'hole' }))) },
  })],
})

/** The first one is selected, so that what is typed takes its place. */
export function enterHole(editor: Editor) {
  const [first] = placesOf(editor.state.doc)
  if (first) editor.chain().focus().setTextSelection(first).scrollIntoView().run()
}
