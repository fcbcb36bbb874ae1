import { LayoutTemplate, SquarePen } from 'lucide-react'
import { type Feature, route } from '@/lib/feature'
import type { Access } from '@/lib/session'
import { templatesChanged } from './live-updates'

const mayRead = ({ can, module }: Access) => module('templates') && can('templates:read')
const mayWrite = ({ can, module }: Access) => module('templates') && can('templates:write')

/**
 * `/templates/new` takes `?from=` (a starting point), `?clone=` (id of a template whose content it begins with, for another language) and
 * `?draft=` (id of a draft).
 */
export default {
  nav: [{ href: '/templates', icon: LayoutTemplate, label: 'template.many', group: 'outreach', order: 40, key: 't', allowed: mayRead }],
  routes: [
    route('/templates', () => import('./templates-page'), { allowed: mayRead }),
    route('/templates/new', () => import('./editor/page'), { allowed: mayWrite }),
    route('/templates/:templateId', () => import('./template-page'), { allowed: mayRead }),
    route('/templates/:templateId/edit', () => import('./editor/page'), { allowed: mayWrite }),
  ],
  live: { templates_changed: templatesChanged },
  commands: [{ icon: SquarePen, label: 'templates.new', href: '/templates/new', allowed: mayWrite }],
  shortcuts: [
    {
      label: 'template.many',
      rows: [
        { label: 'templates.search', keys: ['/'] },
        { label: 'templates.new', keys: ['N'] },
      ],
    },
  ],
} satisfies Feature
