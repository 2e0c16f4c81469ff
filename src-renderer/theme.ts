/** How Keywheel looks: one dense, calm theme in light and dark, AA contrast throughout. */
import {
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  Input,
  type MantineColorsTuple,
  Menu,
  Modal,
  Paper,
  Popover,
  rem,
  Table,
  Tooltip,
} from '@mantine/core'

// Shades 8 and 9 carry text: all reach 4.5:1 on white and on shade 1 of the same colour (Mantine's own yellow, orange, green and teal do not).
const amber: MantineColorsTuple = [
  '#fffaee',
  '#fdf2d6',
  '#fadf94',
  '#f5cc5c',
  '#efb92f',
  '#dba110',
  '#b98405',
  '#966903',
  '#7f5703',
  '#654402',
]
const green: MantineColorsTuple = [
  '#f0faf4',
  '#e1f5e9',
  '#a6e0bc',
  '#75cf97',
  '#4bbf78',
  '#2fa963',
  '#228f51',
  '#1b7a44',
  '#166a3a',
  '#10522c',
]
const red: MantineColorsTuple = [
  '#fff4f4',
  '#ffe8e8',
  '#fcc0c0',
  '#fa9a9a',
  '#f87777',
  '#ee5353',
  '#dc3a3a',
  '#cb2b2b',
  '#bb2222',
  '#951818',
]
const indigo: MantineColorsTuple = [
  '#f2f5ff',
  '#e7edff',
  '#cbd7ff',
  '#a3b8ff',
  '#7d9aff',
  '#5c7cfa',
  '#4c6ef5',
  '#4263eb',
  '#3b5bdb',
  '#3249b0',
]
const dark: MantineColorsTuple = [
  '#d5d9e1',
  '#b9bfcb',
  '#9ba3b3',
  '#747d8f',
  '#3d4451',
  '#2e343f',
  '#242932',
  '#1b1f27',
  '#14171d',
  '#0e1015',
]

/** The height of buttons and fields: dense, but still a comfortable target. */
const controlHeight = rem(32)

/** A dialog's `<header>` would count as a second banner of the page. */
const dialog = {
  attributes: { header: { role: 'presentation' } },
  overlayProps: { backgroundOpacity: 0.35 },
  transitionProps: { duration: 120 },
  // It computes all styles of the page anew, three times. What lies behind does not scroll all the same, see base.css.
  lockScroll: false,
} as const

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 8,
  colors: { amber, green, red, indigo, dark },
  black: '#1d2129',
  defaultRadius: 'md',
  radius: { xs: rem(3), sm: rem(5), md: rem(7), lg: rem(10), xl: rem(16) },
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(18) },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: rem(20), lineHeight: '1.3' },
      h2: { fontSize: rem(16), lineHeight: '1.35' },
      h3: { fontSize: rem(14), lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      vars: (_theme, props) => ({
        root:
          props.size === undefined
            ? { '--button-height': controlHeight, '--button-padding-x': rem(12), '--button-fz': rem(13) }
            : {},
      }),
    }),
    Input: Input.extend({
      vars: (_theme, props) => ({
        wrapper:
          props.size === undefined || props.size === 'sm' ? { '--input-height': controlHeight, '--input-fz': rem(13) } : {},
      }),
    }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', tt: 'none', fw: 500 } }),
    // The first item takes the focus; the empty element that would is no child that a menu may have.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ defaultProps: { ...dialog, centered: true } }),
    Drawer: Drawer.extend({ defaultProps: { ...dialog, position: 'right' } }),
    // White on white otherwise: menus and lists stand on it too.
    Popover: Popover.extend({ defaultProps: { shadow: 'md' } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, multiline: true, maw: 320, fz: 'xs' } }),
  },
})

/** Mantine's greys for dimmed and placeholder text miss AA; the canvas lies one step behind the panels. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--keywheel-figure-size': rem(26),
    '--keywheel-motion': '120ms',
  },
  light: {
    '--mantine-color-dimmed': '#596273',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': 'var(--mantine-color-red-8)',
    '--mantine-color-success': 'var(--mantine-color-green-8)',
    '--mantine-color-default-border': '#d6dae1',
    '--keywheel-canvas': '#f5f6f8',
    '--keywheel-line': '#e4e7ec',
    '--keywheel-hover': '#f1f3f6',
    '--keywheel-selected': 'var(--mantine-color-indigo-0)',
    '--keywheel-focus': 'var(--mantine-color-indigo-8)',
    '--keywheel-track': '#dde1e7',
    '--keywheel-warn': 'var(--mantine-color-amber-0)',
    '--keywheel-warn-line': 'var(--mantine-color-amber-2)',
    '--keywheel-warn-text': 'var(--mantine-color-amber-9)',
    '--keywheel-bad': 'var(--mantine-color-red-0)',
    '--keywheel-bad-line': 'var(--mantine-color-red-2)',
    '--keywheel-bad-text': 'var(--mantine-color-red-9)',
    // Charts: each 3:1 on a panel, told apart by the colour-blind too (and by texture).
    '--keywheel-chart-1': '#5273f2',
    '--keywheel-chart-2': '#0c8f72',
    '--keywheel-chart-3': '#c4630f',
    '--keywheel-chart-4': '#a04bbd',
    '--keywheel-chart-5': '#0b7f96',
    '--keywheel-chart-6': '#c9386f',
    '--keywheel-chart-rest': '#7b8494',
    '--keywheel-chart-wait': '#a87503',
    '--keywheel-chart-bad': '#d63a3a',
  },
  dark: {
    '--mantine-color-dimmed': 'var(--mantine-color-dark-2)',
    '--mantine-color-placeholder': '#949cac',
    '--mantine-color-error': 'var(--mantine-color-red-3)',
    '--mantine-color-success': 'var(--mantine-color-green-3)',
    // Coloured text on a dark panel keeps its colour; Mantine's own is nearly white on nearly black.
    '--mantine-color-gray-light': 'var(--mantine-color-dark-5)',
    '--mantine-color-gray-light-hover': 'var(--mantine-color-dark-4)',
    '--mantine-color-gray-light-color': 'var(--mantine-color-dark-0)',
    '--mantine-color-indigo-light-color': 'var(--mantine-color-indigo-2)',
    '--mantine-color-red-light-color': 'var(--mantine-color-red-3)',
    '--mantine-color-amber-light-color': 'var(--mantine-color-amber-2)',
    '--mantine-color-green-light-color': 'var(--mantine-color-green-2)',
    '--keywheel-canvas': 'var(--mantine-color-dark-8)',
    '--keywheel-line': '#2b313b',
    '--keywheel-hover': '#222731',
    '--keywheel-selected': '#232a42',
    '--keywheel-focus': 'var(--mantine-color-indigo-3)',
    '--keywheel-track': '#333a46',
    '--keywheel-warn': '#33280f',
    '--keywheel-warn-line': '#57441a',
    '--keywheel-warn-text': 'var(--mantine-color-amber-1)',
    '--keywheel-bad': '#3a1b1b',
    '--keywheel-bad-line': '#5e2a2a',
    '--keywheel-bad-text': 'var(--mantine-color-red-1)',
    '--keywheel-chart-1': '#7d9aff',
    '--keywheel-chart-2': '#2fb891',
    '--keywheel-chart-3': '#e8913d',
    '--keywheel-chart-4': '#c184dd',
    '--keywheel-chart-5': '#45b3c9',
    '--keywheel-chart-6': '#ee7ba6',
    '--keywheel-chart-rest': '#8b94a5',
    '--keywheel-chart-wait': '#dba110',
    '--keywheel-chart-bad': '#f26d6d',
  },
})
