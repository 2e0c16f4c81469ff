import { describe, expect, test } from 'vitest'
import { providers } from '../../src-main/providers/index.ts'
import { baseUrlFor, safeBaseUrl } from '../../src-main/services/pools/base-url.ts'

describe('addresses that a pool may point to', () => {
  test.each([
    ['https://api.openai.com/v1/', 'https://api.openai.com/v1'],
    ['https://API.example.com', 'https://api.example.com'],
    ['http://127.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    ['http://localhost:1234', 'http://localhost:1234'],
    ['http://[::1]:1234', 'http://[::1]:1234'],
    ['http://192.168.1.20:8000', 'http://192.168.1.20:8000'],
    ['http://ollama.local', 'http://ollama.local'],
  ])('%s is taken as %s', (given, expected) => {
    expect(safeBaseUrl(given)).toBe(expected)
  })

  test.each([
    'api.openai.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '//evil.example',
    'http://api.openai.com/v1',
    'https://user:pass@example.com',
    'https://example.com/?x=1',
    'https://example.com/#x',
    'http://169.254.169.254/latest',
    'https://169.254.169.254',
    'http://0.0.0.0:80',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'https://metadata.google.internal',
    'http://2852039166/',
    'http://[::ffff:169.254.169.254]/',
  ])('%s is refused, naming the field', (given) => {
    expect(() => safeBaseUrl(given)).toThrow(
      expect.objectContaining({ code: 'UNSAFE_URL', data: { fields: [expect.objectContaining({ path: 'baseUrl' })] } }),
    )
  })
})

describe('an address as the vendor shows it', () => {
  test.each([
    ['https://r.openai.azure.com/', 'https://r.openai.azure.com/openai'],
    ['https://r.openai.azure.com/openai/v1/', 'https://r.openai.azure.com/openai/v1'],
    ['https://gateway.example/azure', 'https://gateway.example/azure'],
  ])('%s of Azure is %s', (given, expected) => {
    expect(baseUrlFor(providers['azure-openai'], given)).toBe(expected)
  })

  test('other vendors have none to add', () => {
    expect(baseUrlFor(providers.anthropic, 'https://api.anthropic.com')).toBe('https://api.anthropic.com')
  })
})
