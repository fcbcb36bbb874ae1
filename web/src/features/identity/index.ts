import { type Feature, route } from '@/lib/feature'

export default {
  routes: [route('/sign-in', () => import('./sign-in-page'), { public: true })],
} satisfies Feature
