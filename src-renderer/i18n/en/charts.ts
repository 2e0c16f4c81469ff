/** Charts: the frame around each, and how one is read. */
export const charts = {
  table: 'Table',
  chart: 'Chart',
  asTable: 'Show as a table',
  asChart: 'Show as a chart',
  csv: 'Save as CSV',
  use: 'Click for the requests; drag to look at a stretch.',
  keys: 'Arrow keys read it step by step. Enter shows the requests of a step. Shift with the arrow keys marks a stretch, Enter then looks at it; Escape goes back.',
  marked: 'Marked: {{stretch}}',
  nothing: 'nothing',
  time: 'Time',
  says: {
    busiest: 'Most: {{text}}, {{time}}.',
    attempts: '{{text}} attempts, {{share}} failed.',
  },
} as const
