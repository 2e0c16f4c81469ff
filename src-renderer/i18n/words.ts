/** The shape a translation must have: all keys of the English text. */

/** Singular forms may be missing, because not every language has them. */
type Optional<Name> = Name extends `${string}_one` ? Name : never

export type Words<English> = {
  readonly [Name in keyof English as Exclude<Name, Optional<Name>>]: English[Name] extends string ? string : Words<English[Name]>
} & {
  readonly [Name in keyof English as Optional<Name>]?: string
}
