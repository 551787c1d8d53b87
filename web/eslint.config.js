import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const features = ['assistant', 'auth', 'composer', 'conversations', 'presence', 'settings'];

// What each layer must not see. Arrows point one way: app -> features -> components -> markdown -> lib -> api.
const above = {
  api: ['@/lib/*', '@/markdown/*', '@/components/*', '@/features/*', '@/app/*'],
  lib: ['@/markdown/*', '@/components/*', '@/features/*', '@/app/*'],
  markdown: ['@/components/*', '@/features/*', '@/app/*'],
  components: ['@/features/*', '@/app/*'],
};

function zone(files, groups, message) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: groups, message }, { group: ['../*'], message: 'Use @/ for another folder.' }] },
      ],
    },
  };
}

const zones = [
  ...Object.entries(above).map(([layer, groups]) =>
    zone([`src/${layer}/**/*.{ts,tsx}`], groups, `${layer} may not look up.`),
  ),
  ...features.map((name) =>
    zone(
      [`src/features/${name}/**/*.{ts,tsx}`],
      ['@/app/*', ...features.filter((other) => other !== name).map((other) => `@/features/${other}/*`)],
      'Features cannot import each other; compose them in app/.',
    ),
  ),
];

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
  ...zones,
);
