/** A short walk past the parts of the window. The window stays usable all the while, and Esc ends it. */
import { Button, Group, Popover, Stack, Text, Title } from '@mantine/core'
import { useHotkeys, useReducedMotion } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { navigate } from '../../route.ts'
import { viewOf } from '../last-views.ts'
import { useStore } from '../store.ts'
import { tourAt, tourSteps } from './steps.ts'
import classes from './tour.module.css'
import { useBounds } from './use-bounds.ts'

export function Tour() {
  const at = useStore(tourAt)
  return at === null ? null : <Walk at={at} />
}

function Walk({ at }: { at: number }) {
  const { t } = useTranslation(['help', 'common'])
  const still = useReducedMotion()
  const step = tourSteps[at] ?? tourSteps[0]
  const bounds = useBounds(`[data-tour="${step.part}"]`)
  const leave = () => tourAt.set(null)
  useHotkeys([['Escape', leave]], [])
  useReturnOfFocus()
  useEffect(() => {
    if (step.place !== null) navigate(step.place, viewOf(step.place))
  }, [step])
  if (bounds === null) return null
  const isLast = at === tourSteps.length - 1
  return (
    <Popover
      key={step.part}
      opened
      withArrow
      // The frame is nothing that opens it.
      withRoles={false}
      shadow="lg"
      width={320}
      // Beside what stands at the left edge, below all else.
      position={bounds.left + bounds.width < 100 ? 'right-start' : 'bottom'}
      closeOnEscape={false}
      closeOnClickOutside={false}
      transitionProps={{ duration: still ? 0 : 120 }}
    >
      <Popover.Target>
        <div className={classes.frame} style={bounds} />
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-labelledby="tour-title">
        <Stack gap="xs">
          <Group justify="space-between" wrap="nowrap">
            <Title order={2} size="h3" id="tour-title">
              {t(`help:tour.${step.part}.title`)}
            </Title>
            <Text size="xs" c="dimmed">
              {t('help:tour.step', { number: at + 1, total: tourSteps.length })}
            </Text>
          </Group>
          <Text size="sm">{t(`help:tour.${step.part}.text`)}</Text>
          <Group justify="space-between">
            <Button variant="subtle" color="gray" onClick={leave}>
              {t('help:tour.leave')}
            </Button>
            <Group gap="xs">
              {at > 0 && (
                <Button variant="default" onClick={() => tourAt.set(at - 1)}>
                  {t('help:tour.back')}
                </Button>
              )}
              <Button data-autofocus ref={focused} onClick={isLast ? leave : () => tourAt.set(at + 1)}>
                {isLast ? t('help:tour.done') : t('help:tour.next')}
              </Button>
            </Group>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function focused(button: HTMLButtonElement | null): void {
  button?.focus({ preventScroll: true })
}

/** Where the walk was begun, one goes on afterwards. */
function useReturnOfFocus(): void {
  const before = useRef(document.activeElement)
  useEffect(() => {
    const element = before.current
    return () => {
      if (element instanceof HTMLElement && element.isConnected) element.focus({ preventScroll: true })
    }
  }, [])
}
