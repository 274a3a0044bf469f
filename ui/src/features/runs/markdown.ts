/** The part of Markdown that notes are written in: headings, lists, code, emphasis, links. */

export type Block =
  | { kind: 'heading' | 'paragraph' | 'code'; text: string }
  | { kind: 'list'; items: string[] }

export type Span = { kind: 'text' | 'code' | 'strong' | 'emphasis'; text: string } | { kind: 'link'; text: string; href: string }

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const parts = text.replaceAll('\r\n', '\n').split(/^```.*$/m)
  parts.forEach((part, index) => {
    if (index % 2 === 1) blocks.push({ kind: 'code', text: part.replace(/^\n|\n$/g, '') })
    else for (const paragraph of part.split(/\n\s*\n/)) blocks.push(...linesOf(paragraph))
  })
  return blocks
}

function linesOf(paragraph: string): Block[] {
  const blocks: Block[] = []
  for (const line of paragraph.split('\n')) {
    const last = blocks.at(-1)
    const item = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/.exec(line)
    const heading = /^#{1,6}\s+(.*)$/.exec(line)
    if (line.trim() === '') continue
    if (heading) blocks.push({ kind: 'heading', text: heading[1] ?? '' })
    else if (item && last?.kind === 'list') last.items.push(item[1] ?? '')
    else if (item) blocks.push({ kind: 'list', items: [item[1] ?? ''] })
    else if (last?.kind === 'paragraph') last.text += `\n${line}`
    else blocks.push({ kind: 'paragraph', text: line })
  }
  return blocks
}

const SPAN = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\n]+)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)|(https?:\/\/[^\s<>)]+)/g

export function spansOf(text: string): Span[] {
  const spans: Span[] = []
  let end = 0
  for (const match of text.matchAll(SPAN)) {
    if (match.index > end) spans.push({ kind: 'text', text: text.slice(end, match.index) })
    const [whole, code, strong, emphasis, label, href, bare] = match
    if (code) spans.push({ kind: 'code', text: code })
    else if (strong) spans.push({ kind: 'strong', text: strong })
    else if (emphasis) spans.push({ kind: 'emphasis', text: emphasis })
    else spans.push({ kind: 'link', text: label ?? bare ?? whole, href: href ?? bare ?? '' })
    end = match.index + whole.length
  }
  if (end < text.length) spans.push({ kind: 'text', text: text.slice(end) })
  return spans
}
