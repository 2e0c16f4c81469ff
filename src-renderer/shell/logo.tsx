/** The mark: a key's bow as a wheel. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden>
      <circle cx="9.5" cy="9.5" r="6.2" stroke="currentColor" strokeWidth="2.2" />
      <circle cx="9.5" cy="9.5" r="1.7" fill="currentColor" />
      <path
        d="M9.5 3.3v4.5M9.5 11.2v4.5M3.3 9.5h4.5M11.2 9.5h4.5"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
      <path d="m14 14 7 7M18 18l2.2-2.2M15.9 15.9l1.6-1.6" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  )
}
