import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'

import { Providers } from './Providers'

it('offers each single sign-on that the server knows, and the password after them', () => {
  render(<Providers providers={[{ id: 'okta', name: 'Okta', login_url: '/api/v1/auth/oidc/okta/login' }]} />)
  expect(screen.getByRole('link', { name: 'Continue with Okta' })).toHaveAttribute('href', '/api/v1/auth/oidc/okta/login')
  expect(screen.getByText('or with your password')).toBeVisible()
})

it('is not there where the server knows none', () => {
  const { container } = render(<Providers providers={[]} />)
  expect(container).toBeEmptyDOMElement()
})
