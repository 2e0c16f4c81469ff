/** Which methods a REST path takes, read from the contract: tells a wrong method from a wrong address. */
import { contract } from '../../src-preload/contract/index.ts'

interface Route {
  '~orpc': { route: { method?: string; path?: string } }
}

const routes = Object.values(contract)
  .flatMap((noun) => Object.values(noun) as unknown as Route[])
  .map(({ '~orpc': { route } }) => ({
    method: route.method ?? 'POST',
    pattern: new RegExp(`^${(route.path ?? '').replaceAll(/\{[a-z]+\}/g, '[^/]+')}$`),
  }))

/** Methods of `path` (without `/api`); empty when there is no such path. */
export function methodsOf(path: string): string[] {
  return [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))]
}
