/** Where the server is: below the page's <base>, whatever proxy stands in front. */

/** The path that everything is below, without a slash at its end: "" or "/maestro". */
export function basePath(): string {
  return new URL(document.baseURI).pathname.replace(/\/[^/]*$/, '')
}

/** The address of a path of the server's. */
export function address(path: string): string {
  return `${location.origin}${basePath()}${path}`
}
