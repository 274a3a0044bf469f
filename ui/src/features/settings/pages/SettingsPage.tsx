import { Button, Card, Chips, Columns, Page } from '@/components'
import { applyTheme, useTheme, type Theme } from '@/theme/theme'

import { Keys } from '../components/Keys'
import { Organisations } from '../components/Organisations'
import { Profile } from '../components/Profile'
import { Security } from '../components/Security'

const THEMES: [Theme, string][] = [['system', 'As the system'], ['light', 'Light'], ['dark', 'Dark']]

export default function SettingsPage() {
  const theme = useTheme()
  return (
    <Page title="Settings" subtitle="Your account and your keys.">
      <Keys />
      <Columns least={360}>
        <Profile />
        <Security />
        <Organisations />
        <Card title="Colours">
          <Chips>
            {THEMES.map(([value, label]) => (
              <Button key={value} look={theme === value ? 'primary' : 'plain'} aria-pressed={theme === value} onClick={() => applyTheme(value)}>
                {label}
              </Button>
            ))}
          </Chips>
        </Card>
      </Columns>
    </Page>
  )
}
