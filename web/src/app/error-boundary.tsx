import { Component, type ReactNode } from 'react'
import { ErrorState } from '@/components/states'

/** A broken page must not take the shell with it. A stale chunk after a release is mended by a reload. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {}

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override render() {
    if (!this.state.error) return this.props.children
    return <ErrorState error={this.state.error} onRetry={() => window.location.reload()} />
  }
}
