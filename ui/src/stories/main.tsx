import '../theme/tokens.css'
import '../theme/base.css'

import { createRoot } from 'react-dom/client'

import { Button, Card, Toasts } from '@/components'
import { applyTheme } from '@/theme/theme'

import { Stage } from './Stage'
import { STORIES } from './stories'
import styles from './stories.module.css'

/** Every story, one below the other; `#Button` shows those whose name has it. */
function Gallery() {
  const wanted = decodeURIComponent(location.hash.slice(1)).toLowerCase()
  return (
    <main className={styles['gallery']}>
      <header>
        <h1>Stories</h1>
        <Button onClick={() => applyTheme('light')}>Light</Button>
        <Button onClick={() => applyTheme('dark')}>Dark</Button>
      </header>
      {STORIES.filter(({ name }) => name.toLowerCase().includes(wanted)).map(({ name, Story }) => (
        <Card key={name} title={name}>
          <Stage Story={Story} />
        </Card>
      ))}
      <Toasts />
    </main>
  )
}

addEventListener('hashchange', () => location.reload())
const root = document.querySelector('#root')
if (!root) throw new Error('stories.html has no #root')
createRoot(root).render(<Gallery />)
