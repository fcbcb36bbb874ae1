import '@fontsource-variable/inter/index.css'
import './app/theme.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app'
import { watchLeaving } from './components/leave-guard'
import { initI18n } from './i18n'
import { initTheme } from './lib/theme'

initTheme()
watchLeaving()
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
void initI18n().then(() =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
)
