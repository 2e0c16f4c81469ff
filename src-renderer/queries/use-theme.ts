/** The theme: a setting of the application, remembered by the page for its first paint. */
import { useMantineColorScheme } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Settings } from '../../src-preload/contract/index.ts'
import { toastError } from '../parts/toast.tsx'
import { useStable } from '../parts/use-stable.ts'
import { useApi } from './api.tsx'

type Theme = Settings['theme']
const following: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' }

export function useTheme(): { theme: Theme; set: (theme: Theme) => void; next: () => void } {
  const { client, orpc } = useApi()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const shown: Theme = colorScheme === 'auto' ? 'system' : colorScheme
  const save = useMutation({
    mutationFn: (theme: Theme) => client.settings.update({ theme }),
    onSuccess: (settings, _theme, _result, context) => context.client.setQueryData(orpc.settings.get.queryKey(), settings),
    onError: (error) => toastError(error),
  })
  const set = (theme: Theme) => {
    setColorScheme(schemeOf(theme))
    save.mutate(theme)
  }
  return { theme: shown, set, next: () => set(following[shown]) }
}

/** Shows the theme that the settings name; used once, by the shell. */
export function useThemeFromSettings(): void {
  const { orpc } = useApi()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const theme = useQuery(orpc.settings.get.queryOptions()).data?.theme
  // Mantine's setter is another one at each drawing, and what it does draws the whole page anew.
  const show = useStable((chosen: Theme) => {
    const scheme = schemeOf(chosen)
    if (scheme !== colorScheme) setColorScheme(scheme)
  })
  useEffect(() => {
    if (theme) show(theme)
  }, [theme, show])
}

function schemeOf(theme: Theme): 'auto' | 'light' | 'dark' {
  return theme === 'system' ? 'auto' : theme
}
