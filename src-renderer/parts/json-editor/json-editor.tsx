/** A JSON text to edit, with line numbers and each fault in the line where it is. */
import { Anchor, Input, List, Text } from '@mantine/core'
import { useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './json-editor.module.css'
import type { JsonFault } from './json-lines.ts'

export interface JsonEditorProps {
  label: string
  description?: string
  value: string
  faults: readonly JsonFault[]
  onChange: (text: string) => void
}

const fewestLines = 14

export function JsonEditor({ label, description, value, faults, onChange }: JsonEditorProps) {
  const { t } = useTranslation()
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const lines = value.split('\n')
  const messages = (at: number) => faults.filter((fault) => fault.line === at + 1).map(({ message }) => message)
  const goTo = (line: number) => {
    const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0)
    field.current?.focus()
    field.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  }
  return (
    <Input.Wrapper id={id} label={label} description={description} labelProps={{ htmlFor: id }}>
      <div className={classes.frame} data-faulty={faults.length > 0 || undefined}>
        <div className={classes.lines} aria-hidden>
          {lines.map((line, at) => {
            const wrong = messages(at)
            return (
              <div key={at} className={classes.line} data-faulty={wrong.length > 0 || undefined}>
                <span className={classes.number}>{at + 1}</span>
                <span className={classes.ghost}>{line}</span>
                {wrong.length > 0 && <span className={classes.message}>{wrong.join(' · ')}</span>}
              </div>
            )
          })}
        </div>
        <textarea
          ref={field}
          id={id}
          className={classes.text}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
          rows={Math.max(fewestLines, lines.length + 1)}
          cols={Math.max(40, ...lines.map(({ length }) => length + 1))}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          aria-invalid={faults.length > 0}
          aria-describedby={`${id}-faults`}
        />
      </div>
      <div role="alert" id={`${id}-faults`}>
        {faults.length > 0 && (
          <List size="sm" mt={6}>
            {faults.map(({ line, path, message }) => (
              <List.Item key={`${line} ${path} ${message}`}>
                <Anchor component="button" type="button" size="sm" underline="always" onClick={() => goTo(line)}>
                  {t('json.line', { line })}
                </Anchor>{' '}
                {path !== '' && (
                  <Text span size="sm" ff="monospace">
                    {path}:{' '}
                  </Text>
                )}
                {message}
              </List.Item>
            ))}
          </List>
        )}
      </div>
    </Input.Wrapper>
  )
}
