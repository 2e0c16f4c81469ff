/** The time zone of this machine. */

/** A client's days and months are those of the machine it is on. */
export const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone
