/** The window opens and shows the program; its page talks over the one port. */
import { expect, test } from '../support/electron/test.ts'

test('opens and shows the page', async ({ start }) => {
  const shell = await start()
  const page = await shell.page()
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  expect((await shell.main('facts')).windows).toMatchObject([{ visible: true }])
})
