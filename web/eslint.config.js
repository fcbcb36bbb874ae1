import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import js from '@eslint/js'
import { defineConfig } from 'eslint/config'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import globals from 'globals'
import ts from 'typescript-eslint'

const root = fileURLToPath(new URL('.', import.meta.url))
const features = readdirSync(new URL('./src/features', import.meta.url))

/** Who may import whom: `target` may not import what is below `from`. */
const fences = [
  ...features.map((name) => ({
    target: `src/features/${name}`,
    from: 'src/features',
    except: [`./${name}`],
    message: 'No feature imports another. What two features need goes to components/, lib/ or api/.',
  })),
  { target: 'src/features', from: 'src/app', message: 'The app imports features, never the other way. What both need goes to components/ or lib/.' },
  { target: ['src/components', 'src/lib', 'src/api', 'src/i18n'], from: ['src/app', 'src/features'], message: 'What is shared knows no feature and no shell.' },
  { target: ['src/lib', 'src/api', 'src/i18n'], from: 'src/components', message: 'lib/, api/ and i18n/ draw nothing.' },
  { target: ['src/features', 'src/components'], from: 'src/api/client.ts', message: 'Endpoints are named in the files of api/, one a resource.' },
  { target: 'src/app/!(features.ts)', from: 'src/features', message: 'The shell knows features by the list in app/features.ts only.' },
]

export default defineConfig(
  { ignores: ['dist', 'src/api/schema.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, rules: { 'max-lines': ['error', 500] } },
  {
    files: ['src/**/*.{ts,tsx}'],
    extends: [js.configs.recommended, ts.configs.recommended],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createNodeResolver({ alias: { '@': [`${root}src`] }, extensions: ['.ts', '.tsx', '.js', '.json'] })] },
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: root, zones: fences }],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { args: 'all', argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.{js,mjs}', 'vite.config.ts'],
    extends: [js.configs.recommended, ts.configs.base],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
  },
)
