/** Feeds the usage meter while an answer goes by; a compressed one is decoded afterwards, within bounds. */
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import type { UsageMeter } from '../../providers/types.ts'

export type MeterReading = ReturnType<UsageMeter['finish']>

export interface MeterTap {
  push(chunk: Uint8Array): void
  /** A promise only when the answer has to be decoded first. */
  finish(complete: boolean): MeterReading | Promise<MeterReading>
}

const maxEncoded = 1024 * 1024
const maxDecoded = 8 * 1024 * 1024
const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: promisify(inflate),
}
const nothing: MeterReading = { usage: null, error: null }
const noTap: MeterTap = { push: () => {}, finish: () => nothing }

/** A tap for an answer of this Content-Encoding. Chains of codings and unknown ones are not decoded: their usage is unknown. */
export function createMeterTap(meter: UsageMeter | null, contentEncoding: string | undefined): MeterTap {
  if (meter === null) return noTap
  const coding = contentEncoding?.trim().toLowerCase() ?? ''
  return coding === '' || coding === 'identity' ? meter : encodedTap(meter, coding)
}

function encodedTap(meter: UsageMeter, coding: string): MeterTap {
  let kept: Uint8Array[] = []
  let bytes = 0
  return {
    push(chunk) {
      bytes += chunk.byteLength
      if (bytes <= maxEncoded) kept.push(Buffer.from(chunk))
      else kept = []
    },
    async finish(complete) {
      if (!complete || bytes > maxEncoded) return nothing
      const decoded = await decode(coding, Buffer.concat(kept))
      if (decoded === null) return nothing
      meter.push(decoded)
      return meter.finish(true)
    },
  }
}

/** The plain bytes, or null when the coding is not known, the data are damaged or there would be more than 8 MiB. */
export async function decode(coding: string, data: Uint8Array): Promise<Uint8Array | null> {
  if (coding === '' || coding === 'identity') return data
  if (!Object.hasOwn(decoders, coding) || data.byteLength > maxEncoded) return null
  try {
    return await decoders[coding as keyof typeof decoders](data, { maxOutputLength: maxDecoded })
  } catch {
    // Whatever was wrong with it is the client's to find out; here it only means that the usage is unknown.
    return null
  }
}
