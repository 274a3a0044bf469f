/** Saves an answer as a file: straight to the disk where the browser can, whatever its size. */
import { fetchRaw } from './client'

interface Saver {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<{ createWritable: () => Promise<WritableStream> }>
}

const KEPT_MS = 60_000

/** GET `path` as a file. Raises what a request raises; giving up the choice of a place is no error. */
export async function download(path: string, name: string): Promise<void> {
  const { showSaveFilePicker: choose } = window as Saver
  if (choose && window.isSecureContext && !navigator.webdriver) {
    try {
      const place = await choose.call(window, { suggestedName: name })
      const answer = await fetchRaw(path)
      await answer.body?.pipeTo(await place.createWritable())
      return
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return
      if (!(error instanceof DOMException)) throw error
      // A browser that forbids the choice here still takes a plain download.
    }
  }
  const url = URL.createObjectURL(await (await fetchRaw(path)).blob())
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
