import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const source = `${import.meta.dirname}/src`;

// What each layer must not see. Arrows point one way: app -> features -> components -> markdown, realtime -> lib -> i18n, api.
const layers = [['api', 'i18n'], ['lib'], ['realtime', 'markdown'], ['components'], ['features'], ['app']];

// A feature owns its api, state and components. It may use those before it, and of each only what its entry.ts names.
const features = ['auth', 'presence', 'chat', 'people', 'assistant', 'settings', 'composer', 'messages', 'conversations', 'rooms'];

function zone(files, patterns) {
  return {
    files,
    rules: {
      'no-restricted-imports': ['error', { patterns: [...patterns, { group: ['../*'], message: 'Use @/ for another folder.' }] }],
    },
  };
}

// What stands above a layer or beside it.
const unseen = (layer) => {
  const level = layers.findIndex((names) => names.includes(layer));
  return layers.slice(level).flat().filter((name) => name !== layer).map((name) => `@/${name}/*`);
};

const layerZones = layers.flat().filter((layer) => layer !== 'app' && layer !== 'features').map((layer) =>
  zone([`src/${layer}/**/*.{ts,tsx}`], [{ group: unseen(layer), message: `${layer} may not look up or aside.` }]),
);

const featureZones = features.map((name, at) =>
  zone([`src/features/${name}/**/*.{ts,tsx}`], [
    { group: unseen('features'), message: 'Features are put together in app.' },
    { group: features.slice(at + 1).map((later) => `@/features/${later}/**`), message: `${name} stands before this feature.` },
    { group: features.slice(0, at).flatMap((other) => [`@/features/${other}/**`, `!@/features/${other}/entry`]), message: 'Use what its entry.ts names.' },
    { group: [`@/features/${name}/entry`], message: 'The entry is for others.' },
  ].filter(({ group }) => group.length > 0)),
);

export default tseslint.config(
  { ignores: ['dist', 'e2e/shots', 'src/api/contracts.gen.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', 400],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.tsx'],
    ignores: ['**/*.test.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 120, skipComments: true }] },
  },
  { files: ['public/*.js'], languageOptions: { globals: { ...globals.node, ...globals.browser } }, rules: { 'no-console': 'off' } },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/resolver-next': [createNodeResolver({ alias: { '@': [source] }, extensions: ['.ts', '.tsx'] })],
    },
    rules: { 'import-x/no-cycle': 'error' },
  },
  ...layerZones,
  ...featureZones,
);
