import { Button } from './Button'
import { Card, Facts, Grid, Page, TabLink, Tabs } from './Layout'

export const WholePage = () => (
  <Page title="churn" crumbs={[<span key="up">Models</span>]} subtitle="3 versions" actions={<Button look="primary">Deploy</Button>}>
    <Tabs label="Parts of the model">
      <TabLink to="/" current>Overview</TabLink>
      <TabLink to="/" current={false}>Versions</TabLink>
    </Tabs>
    <Grid least={240}>
      <Card title="Facts">
        <Facts items={[['Created', 'yesterday'], ['By', 'grace@example.com']]} />
      </Card>
      <Card title="With an action" actions={<Button small>All</Button>}>Something.</Card>
    </Grid>
  </Page>
)
