/// <reference types="vite/client" />
import 'vue-router'

/** title: a page that the palette leads to, for whoever has the right and by the key that goes there too. */
declare module 'vue-router' {
  interface RouteMeta { open?: boolean; companies?: boolean; title?: string; right?: string; keys?: import('./ui/keyTable').KeyName }
}
