/** Where a filter goes wrong: found here, because the server's parser says what but not where. */

export interface Fault {
  start: number
  end: number
}

const FIELD = /^(?:(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)\.(?:"[^"]*"|`[^`]*`|[^\s=!<>]+)|(?:run_id|run_name|status|user_id|start_time|end_time|artifact_uri|created|Created|`[Rr]un [Nn]ame`))/
const OPERATOR = /^(?:>=|<=|!=|=|>|<|(?:NOT\s+)?(?:I?LIKE|IN)\b|IS\s+(?:NOT\s+)?NULL\b)/i
const VALUE = /^(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d*)?(?:e[+-]?\d+)?\b|-?\.\d+|\((?:[^()'"]|'[^']*'|"[^"]*")*\))/i
const AND = /^and\b/i

/** The first piece that cannot stand where it stands; null if nothing is found. */
export function faultOf(text: string): Fault | null {
  let at = skip(text, 0)
  for (;;) {
    const field = FIELD.exec(text.slice(at))
    if (!field) return piece(text, at)
    at = skip(text, at + field[0].length)
    const operator = OPERATOR.exec(text.slice(at))
    // ">>" begins as ">" does, and is none.
    if (!operator || /^[=<>!]/.test(text.slice(at + operator[0].length))) return piece(text, at)
    at = skip(text, at + operator[0].length)
    if (!/null$/i.test(operator[0])) {
      const value = VALUE.exec(text.slice(at))
      if (!value) return piece(text, at)
      at = skip(text, at + value[0].length)
    }
    if (at >= text.length) return null
    const and = AND.exec(text.slice(at))
    if (!and) return piece(text, at)
    at = skip(text, at + and[0].length)
  }
}

function skip(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
  return at
}

function piece(text: string, start: number): Fault {
  const rest = /^\S+/.exec(text.slice(start))
  return { start, end: start + (rest?.[0].length ?? 0) }
}
