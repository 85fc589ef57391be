export type Theme = 'system' | 'light' | 'dark'
export function useTheme(theme: string | undefined) {
  const root = document.documentElement
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme
  else delete root.dataset.theme
}
