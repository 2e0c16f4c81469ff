/** Stands in texts for copying where a client's token goes. */
export const tokenPlaceholder = 'YOUR_CLIENT_TOKEN'
