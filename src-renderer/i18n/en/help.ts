/** Words of the help and of the walk through the window. */
export const help = {
  title: 'Help',
  shortcuts: 'Keyboard shortcuts',
  tour: {
    step: '{{number}} of {{total}}',
    next: 'Next',
    back: 'Back',
    done: 'Done',
    leave: 'Leave',
    proxy: {
      title: 'One address for everything',
      text: 'Switch the proxy on, and every program on this machine reaches its models at this address.',
    },
    keys: {
      title: 'Keys, in pools',
      text: 'A pool hands out the right key for each call. Here you see which keys serve, which rest, why, and until when.',
    },
    traffic: {
      title: 'Every call, as it happens',
      text: 'Which client called, which key answered, what was tried before, how long it took and what it cost.',
    },
    connect: {
      title: 'Programs that may call',
      text: 'Make a token for a program, copy its snippet, and set what it may use.',
    },
    search: {
      title: 'Find and do anything',
      text: 'Keys, pools, settings and every command are found here. Press ? for the shortcuts and what the words mean.',
    },
  },
  words: {
    title: 'Words',
    key: {
      name: 'Key',
      text: 'A provider’s secret. It lies in the keychain or the vault and is sent only to its pool’s address.',
    },
    pool: { name: 'Pool', text: 'Keys for one upstream, with the rules by which they are handed out.' },
    account: {
      name: 'Account',
      text: 'Keys that draw on the same quota at their provider. Their limits and cool-downs are shared.',
    },
    limit: {
      name: 'Limit',
      text: 'Requests, tokens or money in a time. You set it, the provider announces it, or Keywheel learns it from refusals.',
    },
    coolDown: {
      name: 'Cool-down',
      text: 'A time in which a key is left alone, as its provider asked or as repeated refusals suggest.',
    },
    lease: { name: 'Lease', text: 'A key lent to one call, with the part of its limits that the call is expected to use.' },
    attempt: { name: 'Attempt', text: 'One key tried for a call. A call may have several before it is answered.' },
    client: { name: 'Client', text: 'A program with a token of its own. It never sees a provider’s key.' },
    quota: { name: 'Quota', text: 'Credits that a client may use in a time, such as a day or a month.' },
    lane: { name: 'Lane', text: 'Interactive or background. Background calls leave a part of every limit to interactive ones.' },
    route: { name: 'Route', text: 'A model’s name of your own, and the pools and models that serve it.' },
    fallback: { name: 'Fallback', text: 'Where a call goes when no key is ready for the model it asked for.' },
    prompt: { name: 'Prompt', text: 'Saved messages with variables that programs call like an address.' },
    remote: { name: 'Remote server', text: 'An apipool server, or another Keywheel, whose pools are used here.' },
    workspace: { name: 'Workspace', text: 'Pools, clients, settings and a log of their own. One is open at a time.' },
  },
} as const
